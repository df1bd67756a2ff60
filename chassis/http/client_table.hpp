#pragma once
#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>

#include "chassis/http/sockets.hpp"

namespace waybill::http {

/// How many connections a server has, in total and from each address. Shared by all loops;
/// touched when a connection opens or closes, never by a request.
class ClientTable {
 public:
    ClientTable(std::size_t total_max, std::size_t per_client_max)
        : total_max_(total_max), per_client_max_(per_client_max) {}

    /// False when a cap is reached; nothing is counted then.
    bool enter(const asio::ip::address& client) {
        std::lock_guard lock(mutex_);
        if (total_ >= total_max_) return false;
        std::size_t& mine = clients_[client];
        if (mine >= per_client_max_) return false;
        ++mine;
        ++total_;
        return true;
    }
    void leave(const asio::ip::address& client) {
        std::lock_guard lock(mutex_);
        --total_;
        const auto found = clients_.find(client);
        if (--found->second == 0) clients_.erase(found);
    }

 private:
    const std::size_t total_max_;
    const std::size_t per_client_max_;
    std::mutex mutex_;
    std::size_t total_ = 0;
    std::map<asio::ip::address, std::size_t> clients_;
};

}  // namespace waybill::http
