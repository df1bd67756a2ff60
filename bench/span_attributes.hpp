#pragma once
#include <time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

/// What both span benchmarks write: ten attributes of a server span, and how they count.
namespace bench {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 7> texts{{
    {"http.request.method", "POST"},
    {"http.route", "/v1/orders/{id}/confirm"},
    {"url.scheme", "http"},
    {"url.path", "/v1/orders/01a20e38-4482-7eb0-bfaa-3dd69201cfed/confirm"},
    {"server.address", "127.0.0.1"},
    {"network.protocol.version", "1.1"},
    {"client.address", "127.0.0.1"},
}};
inline constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> numbers{{
    {"server.port", 8080},
    {"http.response.status_code", 200},
    {"http.response.body.size", 1264},
}};

/// Spans come in bursts with a pause, so that neither side's queue overflows. The first of a burst
/// are not counted: after the pause the caches hold something else.
inline constexpr int bursts = 60;
inline constexpr int kept = bursts - bursts / 10;
inline constexpr int warming = 200;
inline constexpr int burst = 500;
inline constexpr long pause_ns = 70'000'000;

inline double thread_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// Calls `one` for each span and prints nanoseconds of this thread's CPU a span.
template <class One>
double measure(One one) {
    double spent = 0;
    for (int i = 0; i < bursts; ++i) {
        for (int j = 0; j < warming; ++j) one();
        const double begin = thread_ns();
        for (int j = warming; j < burst; ++j) one();
        if (i >= bursts - kept) spent += thread_ns() - begin;
        const timespec pause{0, pause_ns};
        nanosleep(&pause, nullptr);
    }
    return spent / static_cast<double>((burst - warming) * kept);
}

inline void report(double ns, std::size_t exported) {
    std::printf(R"({"ns":%.1f,"exported":%zu,"expected":%d})"
                "\n",
                ns, exported, burst * bursts);
}

}  // namespace bench
