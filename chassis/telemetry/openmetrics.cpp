#include "chassis/telemetry/openmetrics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <vector>

namespace waybill::telemetry {
namespace {

std::string_view unit_word(const Instrument& instrument) {
    if (instrument.unit == "s") return "seconds";
    if (instrument.unit == "By") return "bytes";
    if (instrument.unit == "1" && instrument.kind == InstrumentKind::gauge) return "ratio";
    return "";
}

std::string underscored(std::string_view name) {
    std::string out(name);
    for (char& c : out)
        if (c == '.') c = '_';
    return out;
}

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '\\' || c == '"') out.push_back('\\');
        if (c == '\n')
            out.append("\\n");
        else
            out.push_back(c);
    }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
    if (!out.empty()) out.push_back(',');
    out.append(name).append("=\"");
    append_escaped(out, value);
    out.push_back('"');
}

std::string number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    if (std::isnan(value)) return "NaN";
    if (value == std::floor(value) && std::abs(value) < 1e15)
        return std::to_string(static_cast<std::int64_t>(value));
    return fmt::format("{}", value);
}

/// Writes one text. Labels of a service are made once.
class Text {
 public:
    Text(const Resources& resources, Exposition format) : format_(format) {
        for (std::size_t i = 0; i < resources.size(); ++i) {
            const auto& identity = resources.identity();
            std::string labels;
            append_label(labels, "service_name", resources.at(i).service_name);
            append_label(labels, "job",
                         identity.service_namespace + "/" + resources.at(i).service_name);
            append_label(labels, "instance", identity.instance_id);
            service_labels_.push_back(std::move(labels));
            add_target_info(resources.at(i), service_labels_.back());
        }
    }
    void add(const Instrument& instrument, std::span<Series* const> all) {
        const std::string name = family_name(instrument, format_);
        counter_ = instrument.kind == InstrumentKind::counter;
        static constexpr std::string_view types[] = {"counter", "gauge", "gauge", "histogram"};
        add_head(name, types[std::size_t(instrument.kind)], instrument.description);
        if (const auto unit = unit_word(instrument); !unit.empty() && open())
            fmt::format_to(end(), "# UNIT {} {}\n", name, unit);
        for (const Series* series : all) add_series(name, *series);
    }
    std::string finish() {
        if (open()) out_.append("# EOF\n");
        return std::move(out_);
    }

 private:
    bool open() const { return format_ == Exposition::open_metrics; }
    std::back_insert_iterator<std::string> end() { return std::back_inserter(out_); }

    void add_head(std::string_view name, std::string_view type, std::string_view help) {
        fmt::format_to(end(), "# TYPE {} {}\n# HELP {} ", name, type, name);
        append_escaped(out_, help);
        out_.push_back('\n');
    }
    void add_target_info(const Resource& resource, const std::string& service_labels) {
        if (service_labels_.size() == 1)
            add_head(open() ? "target" : "target_info", open() ? "info" : "gauge",
                     "The resource of a service.");
        std::string labels = service_labels;
        for (const auto& [name, value] : resource.attributes) {
            if (name == "service.name" || name == "service.instance.id") continue;
            const auto* text = std::get_if<std::string>(&value);
            append_label(labels, underscored(name),
                         text != nullptr ? *text : std::to_string(std::get<std::int64_t>(value)));
        }
        fmt::format_to(end(), "target_info{{{}}} 1\n", labels);
    }
    void add_series(std::string_view name, const Series& series) {
        std::string labels = service_labels_[series.service];
        for (const auto& [key, value] : series.attributes)
            append_label(labels, underscored(key), value);
        if (series.histogram) {
            add_histogram(name, labels, *series.histogram);
            return;
        }
        const double own =
            series.sum ? static_cast<double>(series.sum->sum()) : series.gauge->value();
        const double value = series.observers > 0 ? own + series.observed : own;
        const std::string_view total = open() && counter_ ? "_total" : "";
        fmt::format_to(end(), "{}{}{{{}}} {}", name, total, labels, number(value));
        if (series.sum && counter_) add_exemplar(series.sum->exemplar());
        out_.push_back('\n');
    }
    void add_histogram(std::string_view name, const std::string& labels,
                       const HistogramCell& cell) {
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < cell.buckets().size(); ++i) {
            count += cell.buckets()[i].count.load(std::memory_order_relaxed);
            std::string bound = i < cell.bounds().size() ? number(cell.bounds()[i]) : "+Inf";
            if (open() && bound.find_first_of(".eI") == std::string::npos) bound += ".0";
            fmt::format_to(end(), "{}_bucket{{{},le=\"{}\"}} {}", name, labels, bound, count);
            add_exemplar(cell.buckets()[i].exemplar);
            out_.push_back('\n');
        }
        fmt::format_to(end(), "{}_count{{{}}} {}\n{}_sum{{{}}} {}\n", name, labels, count, name,
                       labels, number(cell.sum()));
    }
    void add_exemplar(const ExemplarSlot& slot) {
        Exemplar taken;
        if (!open() || !slot.read(taken)) return;
        fmt::format_to(end(), " # {{trace_id=\"{}\",span_id=\"{}\"}} {} {}.{:06}",
                       taken.trace.trace_id_hex(), taken.trace.span_id_hex(), number(taken.value),
                       taken.time.us / 1'000'000, taken.time.us % 1'000'000);
    }

    Exposition format_;
    bool counter_ = false;  ///< the instrument in hand is one
    std::vector<std::string> service_labels_;
    std::string out_;
};

}  // namespace

Exposition exposition_for(std::string_view accept) {
    const bool plain = accept.find("text/plain") != std::string_view::npos &&
                       accept.find("application/openmetrics-text") == std::string_view::npos;
    return plain ? Exposition::prometheus : Exposition::open_metrics;
}

std::string_view content_type(Exposition format) {
    return format == Exposition::open_metrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string family_name(const Instrument& instrument, Exposition format) {
    std::string name = underscored(instrument.name);
    const auto unit = unit_word(instrument);
    if (!unit.empty() && !name.ends_with("_" + std::string(unit))) name.append("_").append(unit);
    if (instrument.kind == InstrumentKind::counter && format == Exposition::prometheus)
        name.append("_total");
    return name;
}

std::string metrics_text(Registry& registry, const Resources& resources, Exposition format) {
    Text text(resources, format);
    registry.collect([&](const Instrument& instrument, std::span<Series* const> all) {
        text.add(instrument, all);
    });
    return text.finish();
}

}  // namespace waybill::telemetry
