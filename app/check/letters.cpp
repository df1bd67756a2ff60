#include "app/check/letters.hpp"

#include "app/check/stream.hpp"

namespace waybill::check {

sql::Result<Letters> Letters::load(const Sources& sources) {
    Letters letters;
    for (const Service service : all_services) {
        if (sources.of(service) == nullptr) continue;
        Stream rows(*sources.of(service),
                    "select id, message_id, aggregate from deliveries where id > ? and state in "
                    "('waiting', 'dead', 'discarded') order by id limit ?",
                    {number_key(0)}, 1000);
        auto& messages = letters.messages_.at(static_cast<std::size_t>(service));
        auto read = for_each(rows, [&](const Row& row) {
            messages.insert(row.id(1));
            const std::string_view aggregate = row.text(2);
            const auto slash = aggregate.find('/');
            if (slash == std::string_view::npos) return;
            if (const auto id = Uuid::parse(aggregate.substr(slash + 1)))
                letters.aggregates_.insert(*id);
        });
        if (!read) return tl::unexpected(std::move(read.error()));
    }
    return letters;
}

std::size_t Letters::size() const {
    std::size_t count = 0;
    for (const auto& messages : messages_) count += messages.size();
    return count;
}

}  // namespace waybill::check
