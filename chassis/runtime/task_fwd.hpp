#pragma once

namespace boost::asio {
class any_io_executor;
template <class T, class Executor>
class awaitable;
}  // namespace boost::asio

namespace waybill {

/// A coroutine's result, started when awaited. Include `task.hpp` to define or await one.
template <class T>
using Task = boost::asio::awaitable<T, boost::asio::any_io_executor>;

}  // namespace waybill
