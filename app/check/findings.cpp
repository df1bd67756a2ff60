#include "app/check/findings.hpp"

namespace waybill::check {

Findings::Findings(std::size_t breaches_max) : breaches_max_(breaches_max) {
    for (std::size_t i = 0; i < invariant_count; ++i)
        verdicts_.at(i).invariant = static_cast<Invariant>(i);
}

void Findings::examined(Invariant invariant, std::uint64_t count, std::string_view what) {
    Verdict& verdict = of(invariant);
    verdict.examined += count;
    verdict.examined_what = what;
}

void Findings::breach(Invariant invariant, std::string object, std::string text,
                      std::vector<Uuid> events) {
    Verdict& verdict = of(invariant);
    ++verdict.breach_count;
    verdict.outcome = Verdict::Outcome::broken;
    if (verdict.breaches.size() < breaches_max_)
        verdict.breaches.push_back({std::move(object), std::move(text), std::move(events)});
}

void Findings::leave_out(Invariant invariant, std::string why) {
    Verdict& verdict = of(invariant);
    if (verdict.breach_count == 0) verdict.outcome = Verdict::Outcome::not_judged;
    note(invariant, std::move(why));
}

void Findings::note(Invariant invariant, std::string text) {
    std::string& note = of(invariant).note;
    if (!note.empty()) note += "; ";
    note += text;
}

Report Findings::report(bool live) const {
    return {live, {verdicts_.begin(), verdicts_.end()}};
}

}  // namespace waybill::check
