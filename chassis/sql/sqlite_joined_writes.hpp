#pragma once
#include <sqlite3.h>

#include <memory>
#include <string>

namespace waybill::sql {

/// A VFS that joins adjacent writes to a write-ahead log. SQLite writes each frame as a header of
/// 24 bytes and a page; a batch of orders is hundreds of such pairs, one after the other. They
/// are held back and written together when the log is synced, read, measured or cut, or when
/// `joined_bytes` are waiting. The file is the same, byte by byte.
///
/// Only for connections with `synchronous = full`: there the log is synced before other
/// connections learn of its new frames, so nobody can miss what is held back. All other files
/// are opened by the VFS below and cost nothing.
class JoinedWrites {
 public:
    static constexpr int joined_bytes = 128 * 1024;

    /// Registers itself over the VFS of this name (empty: the system's own). An unknown name
    /// leaves `name()` as it was given, so that opening a file says what is wrong.
    explicit JoinedWrites(const std::string& below);
    /// All files opened through it must have been closed.
    ~JoinedWrites();
    JoinedWrites(const JoinedWrites&) = delete;
    JoinedWrites& operator=(const JoinedWrites&) = delete;

    /// What sqlite3_open_v2 takes.
    const std::string& name() const { return name_; }

 private:
    struct Vfs;
    std::string name_;
    std::unique_ptr<Vfs> vfs_;
};

}  // namespace waybill::sql
