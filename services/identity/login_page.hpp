#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/http/message.hpp"

namespace waybill::identity {

/// What the login page shows.
struct LoginPage {
    std::string_view action;  ///< where the form goes
    std::string_view token;   ///< the form's own, for one use
    std::string_view client;
    std::string_view complaint;     ///< empty: none
    std::string_view redirect_uri;  ///< whose origin the posted form may lead to
    std::string_view nonce;         ///< of its style element
};

/// Plain HTML that no other page may frame, that loads nothing and posts only to this issuer.
http::Response login_page(const LoginPage& page, std::uint16_t status);
/// A page that says one sentence: what was wrong with a request that may not be sent back.
http::Response notice_page(std::string_view title, std::string_view sentence, std::uint16_t status,
                           std::string_view nonce);

}  // namespace waybill::identity
