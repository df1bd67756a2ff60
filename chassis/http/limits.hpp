#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "chassis/base/time.hpp"

namespace waybill::http {

/// What a message's head and framing may take.
struct HeadLimits {
    std::size_t start_line_bytes = 8 * 1024;
    std::size_t bytes = 16 * 1024;  ///< start line and header fields with their line ends
    std::size_t fields = 100;
};

/// Every limit of a server, per connection unless said otherwise.
struct ServerLimits {
    HeadLimits head;
    std::uint64_t body_bytes = 1024 * 1024;
    std::size_t connections = 16 * 1024;             ///< of the server
    std::size_t connections_per_client = 4 * 1024;   ///< of one address
    Duration head_time = std::chrono::seconds(10);   ///< first byte to end of head
    Duration body_time = std::chrono::seconds(10);   ///< wait for more of a body
    Duration idle_time = std::chrono::seconds(75);   ///< between requests
    Duration write_time = std::chrono::seconds(10);  ///< of a write, and beyond it
    std::size_t write_rate_min = 16 * 1024;          ///< bytes a second must get away
    /// Wait for a turn from which on a client that has closed its side is taken to have gone.
    Duration late_time = std::chrono::seconds(1);
    Duration source_time = std::chrono::minutes(2);  ///< wait for a streamed answer's bytes
    Duration linger_time = std::chrono::seconds(1);  ///< draining a refused request
    std::size_t linger_bytes = 2 * 1024 * 1024;
};

/// Every limit of a client, per loop unless said otherwise.
struct ClientLimits {
    HeadLimits head{.start_line_bytes = 8 * 1024, .bytes = 32 * 1024, .fields = 200};
    std::size_t connections = 64;
    std::size_t waiting = 256;  ///< requests that wait for a connection
    Duration connect_time = std::chrono::seconds(2);
    Duration idle_time = std::chrono::seconds(30);  ///< a kept connection is closed after
    Duration stall_time = std::chrono::minutes(2);  ///< between bytes of a streamed answer
};

}  // namespace waybill::http
