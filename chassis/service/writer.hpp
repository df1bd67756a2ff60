#pragma once
#include <memory>
#include <optional>
#include <utility>

#include "chassis/runtime/async.hpp"
#include "chassis/service/domain_of.hpp"
#include "chassis/service/writer_core.hpp"

namespace waybill::service {

/// What a command came to, once committed.
template <class D>
struct Answer {
    /// The idempotency key had had its effect: read the aggregate as it is now, and answer with
    /// `status`.
    bool replayed = false;
    std::uint16_t status = 200;
    Uuid aggregate_id{};
    std::int64_t version = 0;
    std::optional<typename D::View> view;  ///< as the command left it; none when replayed
};

/// Hears of each committed event with its domain type; on the writer's thread, must not block.
template <class D>
using EventObserver =
    std::function<void(const typename D::Event&, const Facts&, const TraceContext&)>;

/// The typed door to a service's writer.
template <class D>
class Writer {
 public:
    Writer(Env& env, WriterCore& core, EventObserver<D> observer)
        : env_(env), core_(core), observer_(std::move(observer)) {}

    /// Joins the batch that is gathering; resumes when its transaction has committed, with the
    /// rejection, or when `deadline` passes first (504: the outcome is not known).
    Task<Result<Answer<D>>> submit(typename D::Command command, Lane lane, Cause cause,
                                   std::optional<IdempotencyKey> key, Deadline deadline) {
        auto answered = std::make_shared<OneShot<Result<Answer<D>>>>();
        auto waiting = std::make_unique<Waiting>(std::move(command), answered, &observer_);
        waiting->lane = lane;
        waiting->cause = std::move(cause);
        waiting->idempotency = std::move(key);
        waiting->deadline = deadline.at;
        if (auto queued = core_.enqueue(std::move(waiting)); !queued)
            co_return tl::unexpected(std::move(queued.error()));
        auto answer = co_await get_until(env_, std::move(answered), deadline);
        if (!answer)
            co_return fail(Problem::gateway_timeout,
                           "the change was not confirmed in time; it may still happen");
        co_return std::move(*answer);
    }

    /// Joins the batch without waiting; `done` runs on the writer's thread.
    Status tell(typename D::Command command, Cause cause, std::optional<TakenMessage> taken,
                std::function<void(const Completion&)> done) {
        auto told = std::make_unique<Told>(std::move(command), std::move(done), &observer_);
        told->lane = Lane::told;
        told->cause = std::move(cause);
        told->taken = std::move(taken);
        return core_.enqueue(std::move(told));
    }

 private:
    class Observed : public CommandSubmission<D> {
     public:
        Observed(typename D::Command command, const EventObserver<D>* observer)
            : CommandSubmission<D>(std::move(command)), observer_(observer) {}

     protected:
        void observe(const Completion& completion) const {
            if (completion.kind != Completion::Kind::done || !*observer_) return;
            for (const auto& event : this->events)
                (*observer_)(event, *this->facts, this->cause.trace);
        }

     private:
        const EventObserver<D>* observer_;
    };
    class Waiting final : public Observed {
     public:
        // Shared with the coroutine that waits, which may give up first.
        using Shot = std::shared_ptr<OneShot<Result<Answer<D>>>>;
        Waiting(typename D::Command command, Shot shot, const EventObserver<D>* observer)
            : Observed(std::move(command), observer), shot_(std::move(shot)) {}
        void complete(Completion completion) override {
            this->observe(completion);
            if (completion.error) {
                shot_->set(tl::unexpected(std::move(*completion.error)));
                return;
            }
            Answer<D> answer{completion.kind == Completion::Kind::replayed, completion.status,
                             completion.aggregate_id, completion.version, std::move(this->view)};
            shot_->set(std::move(answer));
        }

     private:
        Shot shot_;
    };
    class Told final : public Observed {
     public:
        Told(typename D::Command command, std::function<void(const Completion&)> done,
             const EventObserver<D>* observer)
            : Observed(std::move(command), observer), done_(std::move(done)) {}
        void complete(Completion completion) override {
            this->observe(completion);
            if (done_) done_(completion);
        }

     private:
        std::function<void(const Completion&)> done_;
    };

    Env& env_;
    WriterCore& core_;
    EventObserver<D> observer_;
};

}  // namespace waybill::service
