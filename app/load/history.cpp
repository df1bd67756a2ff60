#include "app/load/history.hpp"

#include <cerrno>
#include <cstring>

#include "chassis/base/json.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::load {
namespace {

/// What the checker reasons by: a 429 or 503 is a refusal too, and what was never sent failed.
std::string_view history_outcome(Outcome outcome) {
    switch (outcome) {
        case Outcome::acknowledged:
        case Outcome::unknown:
        case Outcome::failed:
            return name_of(outcome);
        case Outcome::refused:
        case Outcome::limited:
        case Outcome::shed:
            return "refused";
        case Outcome::unsent:
            return "failed";
    }
    return "failed";
}

void write_text_or_null(json::Writer& out, std::string_view name, std::string_view text) {
    out.plain_key(name);
    if (text.empty())
        out.null();
    else
        out.string(text);
}

void write_line_items(json::Writer& out, const json::Value& order) {
    out.plain_key("lines").begin_array();
    const auto* items = order.find("items");
    if (items != nullptr)
        for (const auto& item : items->items()) {
            out.begin_object();
            for (const std::string_view name : {"productId", "sku", "unitPrice", "lineTotal"})
                out.plain_key(name).string(item.text_at(name));
            const auto* quantity = item.find("quantity");
            out.plain_key("quantity")
                .number(quantity == nullptr ? 0 : quantity->as_int64().value_or(0));
            out.end_object();
        }
    out.end_array();
}

}  // namespace

std::string history_line(Timestamp at, std::string_view customer, const Call& call,
                         const Verdict& verdict, std::string_view body) {
    std::string line;
    json::Writer out(line);
    out.begin_object();
    out.plain_key("at").time(at);
    out.plain_key("customer").string(customer);
    write_text_or_null(out, "key", call.key);
    out.plain_key("request_hash").string(request_hash(call));
    out.plain_key("op").string(name_of(call.operation));
    const bool whole = verdict.outcome == Outcome::acknowledged &&
                       call.operation != Operation::list && call.operation != Operation::get;
    auto answer = json::parse(whole ? body : "{}", {.bytes_max = std::size_t{16} << 20U});
    const bool told = whole && answer && !answer->text_at("id").empty();
    if (told)
        out.plain_key("order").string(answer->text_at("id"));
    else
        write_text_or_null(out, "order", call.order ? call.order->id.to_string() : "");
    out.plain_key("outcome").string(history_outcome(verdict.outcome));
    out.plain_key("status");
    if (verdict.status == 0)
        out.null();
    else
        out.number(std::int64_t{verdict.status});
    if (told) {
        out.plain_key("number").string(answer->text_at("orderNumber"));
        out.plain_key("total").string(answer->text_at("totalAmount"));
        write_line_items(out, answer->root());
    }
    out.end_object();
    return line;
}

Result<std::unique_ptr<History>> History::create(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "we");
    if (file == nullptr)
        return fail(Problem::unavailable, path + " cannot be written: " + std::strerror(errno));
    return std::unique_ptr<History>(new History(path, file));
}

void History::write(Timestamp at, std::string_view customer, const Call& call,
                    const Verdict& verdict, std::string_view body) {
    std::string line = history_line(at, customer, call, verdict, body);
    line.push_back('\n');
    std::lock_guard lock(mutex_);
    broken_ = broken_ || std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size();
}

Status History::close() {
    std::lock_guard lock(mutex_);
    broken_ = broken_ || std::fflush(file_.get()) != 0;
    if (broken_) return fail(Problem::unavailable, path_ + " could not be written whole");
    return {};
}

}  // namespace waybill::load
