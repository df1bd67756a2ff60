#include "chassis/http/body.hpp"

#include "chassis/runtime/async.hpp"

namespace waybill::http {

Task<Result<std::string>> read_all(Body& body, std::size_t bytes_max, Deadline deadline) {
    const auto too_large = [&] {
        return fail(Problem::payload_too_large,
                    "The body is larger than " + std::to_string(bytes_max) + " bytes.");
    };
    if (body.size().value_or(0) > bytes_max) co_return too_large();
    if (!body.streamed()) co_return body.take_bytes();
    std::string all;
    if (body.size()) all.reserve(static_cast<std::size_t>(*body.size()));
    for (;;) {
        auto part = co_await body.source().next(deadline);
        if (!part) co_return fail(std::move(part.error()));
        if (part->empty()) co_return all;
        if (part->size() > bytes_max - all.size()) co_return too_large();
        all.append(*part);
    }
}

}  // namespace waybill::http
