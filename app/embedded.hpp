#pragma once
#include <memory>
#include <string>

#include "app/fleet.hpp"

namespace waybill::app {

/// A whole instance in this process, on a free port and a data folder of its own that goes with
/// it; with the first catalogue in it.
class EmbeddedInstance {
 public:
    /// Ready when it returns. Blocks.
    static Result<std::unique_ptr<EmbeddedInstance>> start();
    ~EmbeddedInstance();
    EmbeddedInstance(const EmbeddedInstance&) = delete;
    EmbeddedInstance& operator=(const EmbeddedInstance&) = delete;

    std::string url() const { return fleet_->url(); }

 private:
    EmbeddedInstance(std::string folder, Config config);
    Status fill();

    std::string folder_;
    Config config_;
    std::unique_ptr<RealEnv> env_;
    std::unique_ptr<telemetry::Pipeline> pipeline_;
    std::unique_ptr<Fleet> fleet_;
};

}  // namespace waybill::app
