#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "chassis/base/error.hpp"
#include "chassis/http/message.hpp"

namespace waybill::service {

/// The streams that subjects have open at a service: each subject so many at the most, so that
/// nobody takes the places of all. Thread-safe; outlives its places.
class StreamPlaces {
 public:
    /// The right to one open stream; given back when destroyed. Move-only.
    class Place {
     public:
        Place(StreamPlaces& owner, std::string subject)
            : owner_(&owner), subject_(std::move(subject)) {}
        Place(Place&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), subject_(std::move(other.subject_)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (owner_ != nullptr) owner_->leave(subject_);
        }

     private:
        StreamPlaces* owner_;
        std::string subject_;
    };

    explicit StreamPlaces(std::size_t per_subject_max) : per_subject_max_(per_subject_max) {}
    /// `rate_limited` when the subject has all of its streams open.
    Result<Place> take(const std::string& subject);

 private:
    void leave(const std::string& subject);

    const std::size_t per_subject_max_;
    std::mutex mutex_;
    std::map<std::string, std::size_t> open_;
};

/// The answer that streams the events of `feed`; it has its place as long as it is open. Without a
/// feed (too many wait already) a refusal.
Result<http::Response> stream_response(std::unique_ptr<http::BodySource> feed,
                                       StreamPlaces::Place place);

}  // namespace waybill::service
