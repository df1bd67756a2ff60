#include "chassis/http/client.hpp"

#include <future>

#include "chassis/http/client_pool.hpp"

namespace waybill::http {

Client::Client(Env& env, Options options) : env_(env) {
    for (std::size_t i = 0; i < env.loop_count(); ++i)
        pools_.push_back(std::make_unique<ClientPool>(env, env.loop(i), options));
}

/// Each pool ends on its own loop, where its timer is; what it tells its meter, it tells before the
/// meter's owner goes on.
Client::~Client() {
    std::vector<std::future<void>> ends;
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        std::promise<void> ended;
        ends.push_back(ended.get_future());
        env_.loop(i).post([pool = std::move(pools_[i]), e = std::move(ended)]() mutable {
            pool.reset();
            e.set_value();
        });
    }
    for (auto& end : ends) end.wait();
}

void Client::cut() {
    for (std::size_t i = 0; i < pools_.size(); ++i)
        env_.loop(i).post([pool = pools_[i].get()] { pool->cut(); });
}

Task<Response> Client::handle(Request request, Deadline deadline) {
    co_return co_await send(request, deadline);
}

Task<Response> Client::send(Request& request, Deadline deadline) {
    return pools_[env_.current_loop().index()]->send(request, deadline);
}

std::size_t Client::open_connections() const {
    std::size_t sum = 0;
    for (const auto& pool : pools_) sum += pool->open();
    return sum;
}

}  // namespace waybill::http
