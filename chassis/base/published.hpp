#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"

/// From a service's published events to their data and back. A service lists them once, in the file
/// that has their shapes.
namespace waybill {

/// `Event` is the service's variant.
template <class Event>
struct PublishedEvent {
    std::string_view type;
    Result<Event> (*read)(std::string_view data);
    std::string (*schema)();
};

/// One event of the list: its type, and the struct `E` of its data. Unknown members are ignored.
template <class Event, class E>
constexpr PublishedEvent<Event> published(std::string_view type) {
    return {type,
            [](std::string_view data) -> Result<Event> {
                auto event = json::read<E>(data, json::Unknown::ignore);
                if (!event) return fail(std::move(event.error()));
                return Event(std::move(*event));
            },
            json::output_schema<E>};
}

/// JSON Schemas of the events' data, by type, in the order of the list.
template <class Event, std::size_t n>
std::vector<std::pair<std::string_view, std::string>> schemas_of(
    const std::array<PublishedEvent<Event>, n>& events) {
    std::vector<std::pair<std::string_view, std::string>> schemas;
    for (const auto& event : events) schemas.emplace_back(event.type, event.schema());
    return schemas;
}

/// The event of a type and its data. validation_failed: it is not in the list, or the data do not
/// fit.
template <class Event, std::size_t n>
Result<Event> read_published(const std::array<PublishedEvent<Event>, n>& events,
                             std::string_view service, std::string_view type,
                             std::string_view data) {
    for (const auto& event : events)
        if (event.type == type) return event.read(data);
    return fail(Problem::validation_failed,
                std::string(service) + " publishes no event of type " + std::string(type));
}

/// The data of an event, compact; empty for one without a shape: it is internal.
template <class Event>
std::string write_published(const Event& event) {
    return std::visit(
        []<class E>(const E& one) -> std::string {
            if constexpr (json::Shaped<E>)
                return json::write(one);
            else
                return {};
        },
        event);
}

}  // namespace waybill
