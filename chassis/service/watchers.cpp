#include "chassis/service/watchers.hpp"

namespace waybill::service {

struct Watch::State {
    std::mutex mutex;
    bool changed = false;
    std::shared_ptr<OneShot<bool>> waiter;

    void signal() {
        std::lock_guard lock(mutex);
        changed = true;
        if (waiter) waiter->set(true);
    }
};

Watch::Watch(Watchers& watchers, std::vector<std::string> topics, std::uint64_t id,
             std::shared_ptr<State> state)
    : watchers_(watchers), topics_(std::move(topics)), id_(id), state_(std::move(state)) {}

Watch::~Watch() {
    watchers_.end(topics_, id_);
}

Task<bool> Watch::changed(Deadline deadline) {
    auto state = state_;
    auto waiter = std::make_shared<OneShot<bool>>();
    {
        std::lock_guard lock(state->mutex);
        if (watchers_.closed()) co_return false;
        if (state->changed) {
            state->changed = false;
            co_return true;
        }
        state->waiter = waiter;
    }
    Env& env = watchers_.env_;
    auto woken = co_await get_until(env, std::move(waiter), deadline);
    std::lock_guard lock(state->mutex);
    state->waiter.reset();
    if (!woken || watchers_.closed()) co_return false;
    state->changed = false;
    co_return true;
}

std::unique_ptr<Watch> Watchers::watch(std::string topic) {
    return watch(std::vector<std::string>{std::move(topic)});
}

std::unique_ptr<Watch> Watchers::watch(std::vector<std::string> topics) {
    std::lock_guard lock(mutex_);
    if (count_ >= watches_max_ || closed_) return nullptr;
    ++count_;
    auto state = std::make_shared<Watch::State>();
    const std::uint64_t id = ++last_id_;
    for (const auto& topic : topics) topics_[topic].emplace(id, state);
    return std::unique_ptr<Watch>(new Watch(*this, std::move(topics), id, std::move(state)));
}

void Watchers::notify(std::string_view topic) {
    if (count_.load(std::memory_order_relaxed) == 0) return;
    std::vector<std::shared_ptr<Watch::State>> states;
    {
        std::lock_guard lock(mutex_);
        auto it = topics_.find(topic);
        if (it == topics_.end()) return;
        for (const auto& [id, state] : it->second) states.push_back(state);
    }
    for (const auto& state : states) state->signal();
}

void Watchers::close() {
    std::vector<std::shared_ptr<Watch::State>> states;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        for (const auto& [topic, watches] : topics_)
            for (const auto& [id, state] : watches) states.push_back(state);
    }
    for (const auto& state : states) state->signal();
}

void Watchers::end(const std::vector<std::string>& topics, std::uint64_t id) {
    std::lock_guard lock(mutex_);
    --count_;
    for (const auto& topic : topics) {
        auto it = topics_.find(topic);
        if (it == topics_.end()) continue;
        it->second.erase(id);
        if (it->second.empty()) topics_.erase(it);
    }
}

}  // namespace waybill::service
