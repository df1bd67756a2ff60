#include "app/check/horizon.hpp"

#include <algorithm>

#include "app/check/stream.hpp"

namespace waybill::check {
namespace {

sql::Result<std::int64_t> number_of(sql::Session& session, std::string_view statement) {
    auto rows = session.query(statement, {});
    if (!rows) return tl::unexpected(std::move(rows.error()));
    return rows->empty() ? 0 : Row(rows->row(0)).number(0, 0);
}

sql::Status read_outbox(sql::Session& session, std::vector<std::int64_t>& ids) {
    Stream outbox(session, "select id from outbox where id > ? order by id limit ?",
                  {number_key(0)}, 10'000);
    return for_each(outbox, [&](const Row& row) { ids.push_back(row.number(0)); });
}

}  // namespace

sql::Result<Horizon> Horizon::look(const Sources& sources) {
    Horizon horizon;
    for (const Service service : all_services) {
        sql::Session* session = sources.of(service);
        if (session == nullptr) continue;
        OfService& seen = horizon.services_.at(static_cast<std::size_t>(service));
        // Events that come between the two statements are younger than `newest`: in flight.
        auto newest = number_of(*session, "select max(seq) from events");
        if (!newest) return tl::unexpected(std::move(newest.error()));
        seen.newest = *newest;
        if (auto read = read_outbox(*session, seen.outbox); !read)
            return tl::unexpected(std::move(read.error()));
        auto waiting =
            number_of(*session, "select count(*) from deliveries where state = 'waiting'");
        if (!waiting) return tl::unexpected(std::move(waiting.error()));
        horizon.deliveries_ += static_cast<std::uint64_t>(*waiting);
    }
    return horizon;
}

bool Horizon::in_flight(Service service, std::int64_t seq) const {
    const OfService& seen = services_.at(static_cast<std::size_t>(service));
    return seq > seen.newest || std::ranges::binary_search(seen.outbox, seq);
}

std::uint64_t Horizon::waiting() const {
    std::uint64_t rows = 0;
    for (const auto& service : services_) rows += service.outbox.size();
    return rows;
}

bool Horizon::quiet_since(const Horizon& earlier) const {
    return waiting() == 0 && deliveries_ == 0 && earlier.waiting() == 0 &&
           earlier.deliveries_ == 0 && services_ == earlier.services_;
}

}  // namespace waybill::check
