#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/fields.hpp"
#include "chassis/base/json.hpp"
#include "chassis/base/money.hpp"
#include "chassis/base/raw_json.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

/// What the readers that shapes give stand on. Services use shape_read.hpp.
namespace waybill::json {

/// Where in the input a value stands; outlived by the places above it.
struct Place {
    const Place* above = nullptr;
    std::string_view name = {};  ///< of a member; an element has its index
    std::size_t index = 0;
    bool element = false;

    /// RFC 6901; empty for the root.
    std::string pointer() const;
};

/// How members that the shape does not know are met: in requests a fault, in events ignored.
enum class Unknown : std::uint8_t { refuse, ignore };

/// One pass over an input, and every fault that it finds.
class Reading {
 public:
    /// Faults beyond this many are not kept.
    static constexpr std::size_t faults_max = 1000;

    explicit Reading(Unknown unknown) : unknown_(unknown) {}
    /// Records a fault; always false.
    bool fault(const Place& at, std::string message);
    void unknown_member(const Place& at) {
        if (unknown_ == Unknown::refuse) fault(at, "is not a known member");
    }
    std::size_t fault_count() const { return faults_.size(); }
    /// The 422 with all faults. Only after a fault.
    Error error() &&;

    /// The currency of the amounts below the struct being read: what its Currency member says.
    struct InForce {
        std::optional<Currency> currency;
        bool faulted = false;  ///< that member is wrong, and has its own fault
    };
    InForce in_force = {};

 private:
    Unknown unknown_;
    std::vector<Fault> faults_;
};

/// Each reads one value, or records why not and answers false.
bool take(const Value& value, std::string& out, const Place& at, Reading& reading);
bool take(const Value& value, bool& out, const Place& at, Reading& reading);
bool take(const Value& value, double& out, const Place& at, Reading& reading);
bool take(const Value& value, Uuid& out, const Place& at, Reading& reading);
bool take(const Value& value, Timestamp& out, const Place& at, Reading& reading);
bool take(const Value& value, Decimal& out, const Place& at, Reading& reading);
/// In the currency in force.
bool take(const Value& value, Money& out, const Place& at, Reading& reading);
bool take(const Value& value, Currency& out, const Place& at, Reading& reading);
bool take(const Value& value, RawJson& out, const Place& at, Reading& reading);
bool take(const Value& value, std::map<std::string, std::string>& out, const Place& at,
          Reading& reading);
bool take_integer(const Value& value, std::int64_t& out, Range all, const Place& at,
                  Reading& reading);
/// The index of the word.
std::optional<std::size_t> take_word(const Value& value, std::span<const std::string_view> words,
                                     const Place& at, Reading& reading);
bool take_object(const Value& value, const Place& at, Reading& reading);
bool take_array(const Value& value, std::optional<Count> bounds, const Place& at, Reading& reading);

/// Each holds a value against a rule, and records a fault when it breaks it.
void hold(const std::string& text, Length rule, const Place& at, Reading& reading);
void hold(const std::string& text, Printable rule, const Place& at, Reading& reading);
void hold(const std::string& text, PatternCurrency rule, const Place& at, Reading& reading);
void hold(const Money& amount, Priced rule, const Place& at, Reading& reading);
void hold(const std::map<std::string, std::string>& map, Strings rule, const Place& at,
          Reading& reading);
void hold_range(std::int64_t value, Range rule, const Place& at, Reading& reading);
void hold_one_of(std::string_view text, std::span<const std::string_view> texts, const Place& at,
                 Reading& reading);

/// Characters (code points) of a UTF-8 text.
std::size_t characters(std::string_view text);

}  // namespace waybill::json
