#pragma once
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "chassis/base/check.hpp"
#include "chassis/base/keys.hpp"
#include "chassis/service/domain_port.hpp"

namespace waybill::service {

/// A submission with its service's command. D is what a service gives the frame: a struct of
/// types and static functions (each forwards to the service's own domain, shapes and store):
///
///     struct OrdersDomain {
///         using Command, Event, State;
///         using View = Order;   // what an answer shows; std::monostate when nothing
///         static Keys keys_of(const Command&);   // or (const Command&, const Facts&)
///         static OutcomeOf<Event> decide(const State&, const Command&, const Facts&);
///         static void apply(State&, const Event&, Timestamp occurred_at);
///         static EventIdentity identify(const Event&);
///         static std::int64_t version_of(const State&, const Event&);
///         static std::string event_json(const Event&);
///         static std::string_view command_name(const Command&);
///         static Subject subject_of(const State&, const Command&, const Facts&);
///         static std::optional<View> view_of(const State&, const Command&, const Facts&);
///         static Uuid correlation_of(const State&, const Command&, const Facts&);   // or nil
///         static std::string origin_of(const State&, const Command&, const Facts&);   // if kept
///         static std::vector<TimerChange> timers_of(const State&);
///         static sql::Status load(sql::Session&, const Keys&, State&);
///         static sql::Status save(sql::Session&, const State&);
///     };
template <class D>
class CommandSubmission : public Submission {
 public:
    explicit CommandSubmission(typename D::Command asked) : command(std::move(asked)) {}
    std::string_view name() const override { return D::command_name(command); }

    typename D::Command command;
    std::vector<typename D::Event> events;  ///< decided; for observers after the commit
    std::optional<typename D::View> view;   ///< right after its own decision
};

/// Drives a service's domain for the writer: one State, loaded anew for every batch.
template <class D>
class DomainOf final : public DomainPort {
 public:
    void reset() override {
        state_ = typename D::State();
        keys_ = Keys();
    }
    void gather(const Submission& submission) override {
        const auto& command = static_cast<const CommandSubmission<D>&>(submission).command;
        if constexpr (requires { D::keys_of(command, *submission.facts); })
            keys_.merge(D::keys_of(command, *submission.facts));
        else
            keys_.merge(D::keys_of(command));
    }
    sql::Status load(sql::Session& session) override {
        keys_.settle();
        return D::load(session, keys_, state_);
    }
    Decision decide(Submission& base) override {
        auto& submission = static_cast<CommandSubmission<D>&>(base);
        const Facts& facts = *submission.facts;
        submission.events.clear();
        auto outcome = D::decide(state_, submission.command, facts);
        Decision decision;
        if (auto* rejection = std::get_if<Rejection>(&outcome)) {
            decision.outcome = std::move(*rejection);
            return decision;
        }
        if (auto* nothing = std::get_if<Nothing>(&outcome)) {
            decision.outcome = *nothing;
        } else {
            submission.events = std::move(std::get<std::vector<typename D::Event>>(outcome));
            decision.outcome = applied(submission.events, facts);
        }
        decision.subject = D::subject_of(state_, submission.command, facts);
        decision.correlation_id = D::correlation_of(state_, submission.command, facts);
        if constexpr (requires { D::origin_of(state_, submission.command, facts); })
            decision.origin = D::origin_of(state_, submission.command, facts);
        submission.view = D::view_of(state_, submission.command, facts);
        return decision;
    }
    sql::Result<std::vector<TimerChange>> save(sql::Session& session) override {
        if (auto saved = D::save(session, state_); !saved)
            return tl::unexpected(std::move(saved.error()));
        return D::timers_of(state_);
    }

 private:
    std::vector<DecidedEvent> applied(const std::vector<typename D::Event>& events,
                                      const Facts& facts) {
        std::vector<DecidedEvent> out;
        out.reserve(events.size());
        for (const auto& event : events) {
            D::apply(state_, event, facts.now);
            DecidedEvent decided{D::identify(event), 0, {}};
            if (decided.identity.published) {
                decided.version = D::version_of(state_, event);
                decided.data = D::event_json(event);
            }
            out.push_back(std::move(decided));
        }
        return out;
    }

    typename D::State state_;
    Keys keys_;
};

}  // namespace waybill::service
