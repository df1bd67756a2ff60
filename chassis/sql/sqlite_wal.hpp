#pragma once
#include "chassis/sql/sqlite.hpp"

namespace waybill::sql {

/// A WAL with something in it was left behind: the last process did not end cleanly. Asked of the
/// VFS: the file may be in memory.
bool wal_was_left(const SqliteOptions& options);

/// Makes durable what a crash left in the WAL, before anybody reads it. The system shows what the
/// dead process wrote, also where it never reached the disk; and after a sync that failed it takes
/// the rest for written. Nobody may see or build on what a loss of power would undo, so every byte
/// is written anew and synced. A full disk is no failure: the WAL then stays as it is.
Status save_wal(const SqliteOptions& options);

}  // namespace waybill::sql
