#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "chassis/runtime/frame_pool.hpp"
#include "chassis/runtime/task_fwd.hpp"
