#pragma once
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"

namespace waybill::sql {

/// The folder of the embedded databases, owned by one process at a time. Move-only; gives the
/// folder back when destroyed or when the process ends in any way.
class DataFolder {
 public:
    /// Makes the folder (0700) when there is none and takes its lock file `waybill.lock`. The
    /// error says what is wrong with which folder, or which process owns it.
    static waybill::Result<DataFolder> open(std::string path);
    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&& other) noexcept;
    ~DataFolder();

    const std::string& path() const { return path_; }
    /// `<folder>/<name>`
    std::string file(std::string_view name) const;

 private:
    DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    std::string path_;
    int lock_ = -1;
};

}  // namespace waybill::sql
