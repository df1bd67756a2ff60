#include "app/check/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/base/json_writer.hpp"

namespace waybill::check {
namespace {

struct Words {
    std::string_view code;
    std::string_view name;
    std::string_view title;
};

constexpr std::array<Words, invariant_count> words_of_invariants{{
    {"I1", "stock", "counters, reservations, ledger and events of every product agree"},
    {"I2", "no loss", "every order is whole and its creation was told of once"},
    {"I3", "idempotency", "a key has had one effect and answers the same"},
    {"I4", "exactly once", "every message has had its effect once at each consumer"},
    {"I5", "states", "every order's history is a legal path, its total that of its lines"},
    {"I6", "saga", "every order's state agrees with its reservation"},
    {"I7", "outbox", "outbox rows and events are one to one, at rest there are none"},
    {"I8", "order", "versions are applied without gap, none over a newer one"},
    {"I9a", "audit", "the audit holds every event of the services, each once"},
    {"I18", "books", "order lines and reserved lines match both ways"},
}};

const Words& words_of(Invariant invariant) {
    return words_of_invariants.at(static_cast<std::size_t>(invariant));
}

void add_breach(std::string& out, const Breach& breach) {
    out += fmt::format("       {}: {}\n", breach.object, breach.text);
    if (breach.events.empty()) return;
    out += "         events";
    for (const Uuid& event : breach.events) out += " " + event.to_string();
    out += "\n";
}

void add_verdict(std::string& out, const Verdict& verdict) {
    out += fmt::format("{:<4} {:<12} {:<10}", code_of(verdict.invariant),
                       name_of(verdict.invariant), word_for(verdict.outcome));
    if (verdict.outcome == Verdict::Outcome::not_judged) {
        out += " " + verdict.note + "\n";
        return;
    }
    out += fmt::format(" {}: {} {}", title_of(verdict.invariant), verdict.examined,
                       verdict.examined_what);
    if (!verdict.note.empty()) out += "; " + verdict.note;
    out += "\n";
    for (const Breach& breach : verdict.breaches) add_breach(out, breach);
    if (verdict.breach_count > verdict.breaches.size())
        out += fmt::format("       and {} more\n", verdict.breach_count - verdict.breaches.size());
}

void write_breach(json::Writer& out, const Breach& breach) {
    out.begin_object();
    out.plain_key("object").string(breach.object);
    out.plain_key("text").string(breach.text);
    out.plain_key("events").begin_array();
    for (const Uuid& event : breach.events) out.uuid(event);
    out.end_array();
    out.end_object();
}

void write_verdict(json::Writer& out, const Verdict& verdict) {
    out.begin_object();
    out.plain_key("invariant").string(code_of(verdict.invariant));
    out.plain_key("name").string(name_of(verdict.invariant));
    out.plain_key("title").string(title_of(verdict.invariant));
    out.plain_key("verdict").string(word_for(verdict.outcome));
    out.plain_key("examined").number(verdict.examined);
    out.plain_key("examinedWhat").string(verdict.examined_what);
    out.plain_key("note").string(verdict.note);
    out.plain_key("breachCount").number(verdict.breach_count);
    out.plain_key("breaches").begin_array();
    for (const Breach& breach : verdict.breaches) write_breach(out, breach);
    out.end_array();
    out.end_object();
}

}  // namespace

std::string_view code_of(Invariant invariant) {
    return words_of(invariant).code;
}
std::string_view name_of(Invariant invariant) {
    return words_of(invariant).name;
}
std::string_view title_of(Invariant invariant) {
    return words_of(invariant).title;
}

std::string_view word_for(Verdict::Outcome outcome) {
    switch (outcome) {
        case Verdict::Outcome::held:
            return "held";
        case Verdict::Outcome::broken:
            return "broken";
        case Verdict::Outcome::not_judged:
            return "not judged";
    }
    return "";
}

bool Report::held() const {
    return std::ranges::none_of(verdicts, [](const Verdict& verdict) {
        return verdict.outcome == Verdict::Outcome::broken;
    });
}

std::string text_of(const Report& report) {
    std::string out;
    for (const Verdict& verdict : report.verdicts) add_verdict(out, verdict);
    const auto broken =
        std::ranges::count(report.verdicts, Verdict::Outcome::broken, &Verdict::outcome);
    const auto left =
        std::ranges::count(report.verdicts, Verdict::Outcome::not_judged, &Verdict::outcome);
    out += fmt::format("\n{} held, {} broken, {} not judged; the system was {}\n",
                       std::ssize(report.verdicts) - broken - left, broken, left,
                       report.live ? "at work" : "at rest");
    return out;
}

std::string json_of(const Report& report) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    out.plain_key("held").boolean(report.held());
    out.plain_key("moment").string(report.live ? "live" : "at-rest");
    out.plain_key("invariants").begin_array();
    for (const Verdict& verdict : report.verdicts) write_verdict(out, verdict);
    out.end_array();
    out.end_object();
    text.push_back('\n');
    return text;
}

}  // namespace waybill::check
