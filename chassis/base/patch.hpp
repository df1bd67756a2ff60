#pragma once
#include <optional>
#include <utility>

namespace waybill {

/// A member of a merge patch (RFC 7396): absent (keep), null (clear) or a value (replace).
template <class T>
class Patch {
 public:
    Patch() = default;
    Patch(T value) : given_(true), value_(std::move(value)) {}
    static Patch null() {
        Patch patch;
        patch.given_ = true;
        return patch;
    }

    bool is_absent() const { return !given_; }
    bool is_null() const { return given_ && !value_; }
    bool has_value() const { return value_.has_value(); }
    /// Only when has_value().
    const T& value() const { return *value_; }
    T& value() { return *value_; }

    /// Replaces `target` when a value was given; null and absent keep it.
    void apply_to(T& target) const {
        if (value_) target = *value_;
    }
    /// Replaces or clears `target`; absent keeps it.
    void apply_to(std::optional<T>& target) const {
        if (given_) target = value_;
    }
    friend bool operator==(const Patch&, const Patch&) = default;

 private:
    bool given_ = false;
    std::optional<T> value_;
};

}  // namespace waybill
