#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/uuid.hpp"

namespace waybill::check {

/// What always holds of the platform's data.
enum class Invariant : std::uint8_t {
    stock,        ///< I1: counters, reservation lines, ledger and events agree
    no_loss,      ///< I2: every order is whole and was told of once; acknowledged ones are there
    idempotency,  ///< I3: a key has had one effect, and answers the same
    once,         ///< I4: a message has had its effect once at each consumer
    states,       ///< I5: an order's history is a legal path; its total is its lines'
    saga,         ///< I6: an order's state and its reservation's agree
    outbox,       ///< I7: the outbox points to events, and is empty at rest
    order,        ///< I8: versions are applied without gap, never an older over a newer one
    audit,        ///< I9a: the audit holds every event of the services, each once, and no other
    books,        ///< I18: order lines and reserved lines match both ways
};
inline constexpr std::size_t invariant_count = static_cast<std::size_t>(Invariant::books) + 1;

/// `I9a`
std::string_view code_of(Invariant invariant);
/// `audit`
std::string_view name_of(Invariant invariant);
/// What it says, in a clause.
std::string_view title_of(Invariant invariant);

/// One place where an invariant is broken.
struct Breach {
    std::string object;        ///< `order WB-20261124-8ZK3M0QT (0198…)`
    std::string text;          ///< what is wrong with it
    std::vector<Uuid> events;  ///< that show it
};

/// What became of one invariant.
struct Verdict {
    enum class Outcome : std::uint8_t { held, broken, not_judged };
    Invariant invariant = Invariant::stock;
    Outcome outcome = Outcome::held;
    std::uint64_t examined = 0;      ///< objects
    std::string examined_what;       ///< `orders`
    std::string note;                ///< why it was not judged, or what was left out
    std::vector<Breach> breaches;    ///< the first ones
    std::uint64_t breach_count = 0;  ///< all
};
/// `held`, `broken`, `not judged`
std::string_view word_for(Verdict::Outcome outcome);

/// All verdicts, in the invariants' order.
struct Report {
    bool live = false;  ///< the system was at work: what holds at rest alone was not judged
    std::vector<Verdict> verdicts;
    /// None is broken.
    bool held() const;
    const Verdict& of(Invariant invariant) const {
        return verdicts.at(static_cast<std::size_t>(invariant));
    }
};

/// One line an invariant, and its breaches below it.
std::string text_of(const Report& report);
/// An object with `held`, `moment` and `invariants`; ends in a line break.
std::string json_of(const Report& report);

}  // namespace waybill::check
