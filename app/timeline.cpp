#include <fmt/format.h>

#include <algorithm>

#include "app/journey_view.hpp"

namespace waybill::app {
namespace {

constexpr std::size_t time_columns = 8;
constexpr std::size_t service_columns = 13;
constexpr std::size_t event_columns = 26;
constexpr std::size_t audit_columns = 7;

/// Control sequences of ECMA-48, or nothing.
class Paint {
 public:
    explicit Paint(bool on) : on_(on) {}
    std::string operator()(std::string_view code, std::string_view text) const {
        return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
    }

 private:
    bool on_;
};

std::string_view colour_of(std::string_view service) {
    if (service == "orders") return "34";
    if (service == "inventory") return "33";
    return service == "notifications" ? "35" : "36";
}

std::string repeated(std::string_view what, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += what;
    return out;
}

/// Where the columns stand for this width of the terminal.
struct Layout {
    explicit Layout(std::size_t width) {
        const std::size_t fixed =
            time_columns + service_columns + event_columns + audit_columns + 9;
        const std::size_t left = width > fixed + 20 ? width - fixed : 20;
        bar = std::clamp<std::size_t>(left / 3, 13, 28);
        detail = left - std::min(bar, left - 12);
    }
    std::size_t bar = 0;
    std::size_t detail = 0;
};

std::int64_t total_us(const JourneyView& journey) {
    std::int64_t most = 1;
    for (const auto& step : journey.steps) most = std::max(most, step.since_start_us);
    return most;
}

std::size_t column_of(std::int64_t at_us, std::int64_t whole_us, std::size_t columns) {
    const auto last = static_cast<std::int64_t>(columns) - 1;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(at_us * last / whole_us, 0, last));
}

/// From the event that caused it to its own moment.
std::string bar_of(const JourneyView& journey, const JourneyView::Step& step, std::size_t columns) {
    const std::int64_t whole = total_us(journey);
    const auto cause =
        std::find_if(journey.steps.begin(), journey.steps.end(),
                     [&](const auto& one) { return one.event_id == step.causation_id; });
    const std::size_t to = column_of(step.since_start_us, whole, columns);
    const std::size_t from = cause == journey.steps.end()
                                 ? to
                                 : std::min(to, column_of(cause->since_start_us, whole, columns));
    return std::string(from, ' ') + repeated("━", to - from) + "●" +
           std::string(columns - to - 1, ' ');
}

std::string rule(const Layout& layout, std::string_view crossing) {
    return repeated("─", time_columns + 1) + std::string(crossing) + repeated("─", layout.bar + 2) +
           std::string(crossing) +
           repeated("─", service_columns + event_columns + audit_columns + layout.detail + 4);
}

std::string step_line(const JourneyView& journey, const JourneyView::Step& step,
                      const Layout& layout, const Paint& paint) {
    const std::string audit = step.audit_seq ? fmt::format("#{}", *step.audit_seq) : "";
    const auto colour = colour_of(step.service);
    return fmt::format(
        "{:>{}.1f} │ {} │ {} {} {} {}", static_cast<double>(step.since_start_us) / 1000.0,
        time_columns, paint(colour, bar_of(journey, step, layout.bar)),
        paint(colour, fitted(step.service, service_columns)),
        paint("1", fitted(step.type, event_columns)), paint("2", fitted(audit, audit_columns)),
        fitted(step.detail, layout.detail));
}

std::string counted(std::size_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> draw_timeline(const JourneyView& journey, const TextStyle& style) {
    const Paint paint(style.colours);
    const Layout layout(style.width);
    std::vector<std::string> lines;
    lines.push_back(
        fmt::format("Order {} is {}", paint("1", journey.order_number),
                    paint(journey.status == "Cancelled" ? "1;31" : "1;32", journey.status)));
    lines.push_back(rule(layout, "┬"));
    lines.push_back(fmt::format("{:>{}} │ {} │ {} {} {} {}", "ms", time_columns,
                                fitted("cause → event", layout.bar),
                                fitted("service", service_columns), fitted("event", event_columns),
                                fitted("audit", audit_columns), "what"));
    lines.push_back(rule(layout, "┼"));
    for (const auto& step : journey.steps) lines.push_back(step_line(journey, step, layout, paint));
    lines.push_back(rule(layout, "┴"));
    const auto audited = static_cast<std::size_t>(
        std::count_if(journey.steps.begin(), journey.steps.end(),
                      [](const auto& step) { return step.audit_seq.has_value(); }));
    lines.push_back(fmt::format(
        "{:.1f} ms in all: {}, {}, {}, {}", static_cast<double>(total_us(journey)) / 1000.0,
        counted(journey.steps.size(), "event"), counted(journey.stock_movements, "stock movement"),
        counted(journey.notifications, "notification"), counted(audited, "audit record")));
    for (const auto& trace : journey.trace_ids) lines.push_back("trace " + trace);
    for (auto& line : lines)
        while (line.ends_with(' ')) line.pop_back();
    return lines;
}

}  // namespace waybill::app
