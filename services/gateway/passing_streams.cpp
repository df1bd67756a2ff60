#include "services/gateway/passing_streams.hpp"

#include "chassis/runtime/task.hpp"

namespace waybill::gateway {

class PassingStreams::Held final : public http::BodySource {
 public:
    Held(std::unique_ptr<http::BodySource> stream, std::shared_ptr<Shared> shared, std::size_t loop)
        : stream_(std::move(stream)),
          shared_(std::move(shared)),
          home_(shared_->loops.at(loop)),
          place_(home_.insert(home_.end(), this)) {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() override { home_.erase(place_); }

    Task<Result<std::string_view>> next(Deadline deadline) override {
        if (shared_->ending) co_return std::string_view();
        auto part = co_await stream_->next(deadline);
        if (!part && shared_->ending) co_return std::string_view();
        co_return part;
    }
    void cancel() override { stream_->cancel(); }

 private:
    std::unique_ptr<http::BodySource> stream_;
    std::shared_ptr<Shared> shared_;
    std::list<Held*>& home_;
    const std::list<Held*>::iterator place_;
};

PassingStreams::PassingStreams(Env& env)
    : env_(env), shared_(std::make_shared<Shared>(env.loop_count())) {}

std::unique_ptr<http::BodySource> PassingStreams::hold(std::unique_ptr<http::BodySource> stream) {
    return std::make_unique<Held>(std::move(stream), shared_, env_.current_loop().index());
}

void PassingStreams::end_all() {
    shared_->ending = true;
    for (std::size_t i = 0; i < env_.loop_count(); ++i)
        env_.loop(i).post([shared = shared_, i] {
            for (Held* const held : shared->loops[i]) held->cancel();
        });
}

}  // namespace waybill::gateway
