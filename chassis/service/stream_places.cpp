#include "chassis/service/stream_places.hpp"

#include <fmt/format.h>

#include "chassis/runtime/task.hpp"

namespace waybill::service {
namespace {

constexpr std::chrono::seconds come_back{5};

class PlacedFeed final : public http::BodySource {
 public:
    PlacedFeed(std::unique_ptr<http::BodySource> feed, StreamPlaces::Place place)
        : place_(std::move(place)), feed_(std::move(feed)) {}
    Task<waybill::Result<std::string_view>> next(Deadline deadline) override {
        return feed_->next(deadline);
    }
    void cancel() override { feed_->cancel(); }

 private:
    StreamPlaces::Place place_;
    std::unique_ptr<http::BodySource> feed_;
};

}  // namespace

Result<StreamPlaces::Place> StreamPlaces::take(const std::string& subject) {
    std::lock_guard lock(mutex_);
    std::size_t& open = open_[subject];
    if (open >= per_subject_max_) {
        Error error(Problem::rate_limited,
                    fmt::format("You have {} streams open here, as many as one subject may have; "
                                "close one of them first.",
                                open));
        error.retry_after = come_back;
        return fail(std::move(error));
    }
    ++open;
    return Place(*this, subject);
}

void StreamPlaces::leave(const std::string& subject) {
    std::lock_guard lock(mutex_);
    const auto found = open_.find(subject);
    if (--found->second == 0) open_.erase(found);
}

Result<http::Response> stream_response(std::unique_ptr<http::BodySource> feed,
                                       StreamPlaces::Place place) {
    if (!feed) {
        Error busy(Problem::overloaded, "Too many streams are open.");
        busy.retry_after = come_back;
        return fail(std::move(busy));
    }
    http::Response response;
    response.headers.add("Content-Type", "text/event-stream");
    response.headers.add("Cache-Control", "no-store");
    response.body = http::Body(std::make_unique<PlacedFeed>(std::move(feed), std::move(place)));
    return response;
}

}  // namespace waybill::service
