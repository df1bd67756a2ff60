#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/auth/policy.hpp"
#include "chassis/base/check.hpp"

namespace {

using namespace waybill;
using namespace waybill::auth;

/// Takes words of a small vocabulary from the input, so that callers and demands meet.
class Draw {
 public:
    Draw(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint8_t octet() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }
    std::string word(const std::vector<std::string>& words) {
        return words.at(octet() % words.size());
    }
    std::vector<std::string> some(const std::vector<std::string>& words) {
        std::vector<std::string> out(octet() % 4);
        for (auto& one : out) one = word(words);
        return out;
    }

 private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

const std::vector<std::string>& scope_words() {
    static const std::vector<std::string> words{
        "", "public", "orders.read", "orders", "orders.readx", "orders.write", "audit.read"};
    return words;
}
const std::vector<std::string>& role_words() {
    static const std::vector<std::string> words{"", "customer", "operator", "admin",
                                                "administrator"};
    return words;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    for (const auto& each : all)
        if (each == one) return true;
    return false;
}
bool role_admits(const http::Principal& caller, const std::string& role) {
    if (role.empty() || contains(caller.roles, role)) return true;
    return role == "operator" && contains(caller.roles, "admin");
}

void check_route(const http::Principal& caller, const std::string& scope, const std::string& role) {
    http::RouteSpec spec;
    spec.scope = scope;
    spec.role = role;
    const Access access = authorise(caller, spec);
    if (scope == "public") {
        CHECK(access == Access::allowed && is_public(spec));
        return;
    }
    const bool somebody = !caller.subject.empty() && !scope.empty();
    const bool scope_fits = contains(caller.scopes, scope);
    CHECK((access == Access::allowed) == (somebody && scope_fits && role_admits(caller, role)));
    CHECK((access == Access::insufficient_scope) == (somebody && !scope_fits));
    if (access == Access::allowed) return;
    const auto answer = deny(access, scope, "/v1/orders", {});
    CHECK(answer.status == 403);
    CHECK(answer.headers.get("WWW-Authenticate").has_value() ==
          (access == Access::insufficient_scope));
}

void check_requirement(const http::Principal& caller, const Requirement& demand) {
    std::size_t held = 0;
    for (const auto& scope : demand.scopes) held += contains(caller.scopes, scope) ? 1 : 0;
    const bool all = demand.match == Requirement::Scopes::all;
    const bool fits = demand.scopes.empty() || (all ? held == demand.scopes.size() : held > 0);
    const Access access = authorise(caller, demand);
    CHECK((access == Access::allowed) ==
          (!caller.subject.empty() && fits && role_admits(caller, demand.role)));
}

}  // namespace

// Oracle: the rules of "who may do what" written down a second time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    http::Principal caller;
    caller.subject = draw.word({"somebody", ""});
    caller.scopes = draw.some(scope_words());
    caller.roles = draw.some(role_words());
    check_route(caller, draw.word(scope_words()), draw.word(role_words()));
    Requirement demand;
    demand.scopes = draw.some(scope_words());
    demand.role = draw.word(role_words());
    demand.match = draw.octet() % 2 == 0 ? Requirement::Scopes::all : Requirement::Scopes::any;
    check_requirement(caller, demand);
    return 0;
}
