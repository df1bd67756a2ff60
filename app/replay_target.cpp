#include "app/replay_target.hpp"

#include <atomic>

#include "chassis/messaging/tables.hpp"

namespace waybill::app {
namespace {

using messaging::MessagePtr;

class LocalReplayTarget final : public audit::ReplayTarget {
 public:
    explicit LocalReplayTarget(service::Service& target) : target_(target) {}

    sql::Result<audit::ReplayCounts> count(std::span<const MessagePtr> messages) override {
        audit::ReplayCounts counts;
        std::vector<sql::Cell> ids;
        for (const auto& message : messages) {
            if (target_.consumer().wants(message->meta.type))
                ids.emplace_back(sql::Bytes(message->meta.event_id.raw()));
            else
                ++counts.not_subscribed;
        }
        if (ids.empty()) return counts;
        if (!session_) {
            auto opened = target_.host().database.open_reader();
            if (!opened) return tl::unexpected(std::move(opened.error()));
            session_ = std::move(*opened);
        }
        auto rows = session_->select_in(messaging::inbox_table, "message_id", ids, false);
        if (!rows) return tl::unexpected(std::move(rows.error()));
        for (std::size_t i = 0; i < rows->size(); ++i)
            if (sql::as_text(rows->row(i)[1]) == target_.name()) ++counts.already_applied;
        counts.applied = static_cast<std::int64_t>(ids.size()) - counts.already_applied;
        return counts;
    }

    void deliver(std::vector<MessagePtr> messages, std::function<void()> done) override {
        // Shared by the completions of this batch: the last one tells.
        struct Left {
            std::atomic<std::size_t> count;
            std::function<void()> done;
        };
        std::vector<MessagePtr> wanted;
        for (auto& message : messages)
            if (target_.consumer().wants(message->meta.type)) wanted.push_back(std::move(message));
        if (wanted.empty()) return done();
        auto left = std::make_shared<Left>(wanted.size(), std::move(done));
        for (auto& message : wanted) {
            const auto one_done = [left](const service::Completion&) {
                if (left->count.fetch_sub(1) == 1) left->done();
            };
            if (!target_.put(std::move(message), one_done)) one_done({});
        }
    }

 private:
    service::Service& target_;
    std::unique_ptr<sql::Session> session_;
};

}  // namespace

std::unique_ptr<audit::ReplayTarget> make_replay_target(service::Service& target) {
    return std::make_unique<LocalReplayTarget>(target);
}

}  // namespace waybill::app
