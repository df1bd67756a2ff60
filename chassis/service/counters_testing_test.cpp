#include "chassis/service/counters_testing.hpp"

#include "chassis/service/faulty_testing.hpp"

namespace waybill::service::testing {

sql::Status CountersDomain::load(sql::Session& session, const Keys& keys, State& state) {
    std::vector<sql::Cell> ids;
    for (const auto value : keys.of(0)) {
        ids.emplace_back(value);
        state.counters.absent(*Uuid::from_bytes(value));
    }
    auto rows = session.select_in(counters_table, "id", ids, true);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto row = rows->row(i);
        const Uuid id = *Uuid::from_bytes(sql::as_text(row[0]));
        state.counters.loaded(id, {id, sql::as_int(row[1]), sql::as_int(row[2])});
    }
    return {};
}

sql::Status CountersDomain::save(sql::Session& session, const State& state) {
    const auto cells = [](const std::vector<const Counter*>& rows) {
        std::vector<sql::Cell> out;
        for (const auto* row : rows)
            out.insert(out.end(), {row->id.raw(), row->value, row->version});
        return out;
    };
    const auto added = cells(state.counters.inserted());
    const auto changed = cells(state.counters.updated());
    if (!added.empty())
        if (auto done = session.insert(counters_table, added); !done) return done;
    return changed.empty() ? sql::Status() : session.update(counters_table, changed);
}

Result<std::optional<CountersDomain::Command>> command_of(const messaging::Message& message) {
    if (message.meta.type != "Added") return std::nullopt;
    auto data = json::parse(message.data);
    if (!data) return tl::unexpected(std::move(data.error()));
    auto id = Uuid::parse(data->text_at("id"));
    const auto* amount = data->find("amount");
    if (!id || amount == nullptr || !amount->as_int64()) return invalid("/amount", "is required");
    return CountersDomain::Command(Add{*id, *amount->as_int64(), std::nullopt});
}

messaging::MessagePtr message(const Uuid& id, std::int64_t version, std::string data) {
    auto made = std::make_shared<messaging::Message>();
    made->meta.event_id = Uuid::v7(Timestamp{1'700'000'000'000'000 + version}, 77);
    made->meta.type = "Added";
    made->meta.aggregate_type = "counter";
    made->meta.aggregate_id = id;
    made->meta.aggregate_version = version;
    made->meta.occurred_at = {1'700'000'000'000'000};
    made->meta.correlation_id = id;
    made->meta.causation_id = id;
    made->data = std::move(data);
    return made;
}

}  // namespace waybill::service::testing
