#include "chassis/auth/algorithm.hpp"

namespace waybill::auth {

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    if (name == "RS256") return Algorithm::rs256;
    if (name == "PS256") return Algorithm::ps256;
    if (name == "ES256") return Algorithm::es256;
    if (name == "EdDSA") return Algorithm::eddsa;
    return std::nullopt;
}

std::string_view name(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rs256:
            return "RS256";
        case Algorithm::ps256:
            return "PS256";
        case Algorithm::es256:
            return "ES256";
        case Algorithm::eddsa:
            break;
    }
    return "EdDSA";
}

}  // namespace waybill::auth
