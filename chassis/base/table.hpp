#pragma once
#include <map>
#include <optional>
#include <vector>

#include "chassis/base/check.hpp"

namespace waybill {

/// The part of a database table that a batch works on. Knows which entries changed, and which
/// were looked up and are absent; looking at a key that was never loaded is a bug, and CHECKed.
template <class K, class T>
class Table {
 public:
    /// A row as the store found it.
    void loaded(const K& key, T row) {
        entries_.insert_or_assign(key, Entry{std::move(row), false, true});
    }
    /// The same, under the key that is one of its fields.
    template <class Row = T>
    void loaded(K Row::* key, T row) {
        const K named = row.*key;
        loaded(named, std::move(row));
    }
    /// Looked up, and not there.
    void absent(const K& key) { entries_.try_emplace(key, Entry{std::nullopt, false, false}); }
    bool known(const K& key) const { return entries_.contains(key); }

    /// The row, or nullptr when absent. The key must be known.
    const T* find(const K& key) const {
        auto it = entries_.find(key);
        CHECK(it != entries_.end());
        return it->second.row ? &*it->second.row : nullptr;
    }
    /// The row; it must be there.
    const T& at(const K& key) const {
        const T* row = find(key);
        CHECK(row != nullptr);
        return *row;
    }
    /// The row, to be changed; it must be there.
    T& change(const K& key) {
        auto it = entries_.find(key);
        CHECK(it != entries_.end() && it->second.row);
        it->second.changed = true;
        return *it->second.row;
    }
    /// Adds or replaces the row.
    T& put(const K& key, T row) {
        Entry& entry = entries_[key];
        entry.row = std::move(row);
        entry.changed = true;
        return *entry.row;
    }
    /// Removes the row.
    void erase(const K& key) {
        Entry& entry = entries_[key];
        entry.row.reset();
        entry.changed = true;
    }

    /// Rows that are new, keys ascending.
    std::vector<const T*> inserted() const {
        return pick([](const Entry& e) { return e.changed && !e.stored && e.row; });
    }
    /// Rows that were there and changed, keys ascending.
    std::vector<const T*> updated() const {
        return pick([](const Entry& e) { return e.changed && e.stored && e.row; });
    }
    /// Keys of rows that were there and are gone, ascending.
    std::vector<K> removed() const {
        std::vector<K> keys;
        for (const auto& [key, entry] : entries_)
            if (entry.changed && entry.stored && !entry.row) keys.push_back(key);
        return keys;
    }
    /// Every present row, keys ascending.
    std::vector<const T*> present() const {
        return pick([](const Entry& e) { return e.row.has_value(); });
    }
    void clear() { entries_.clear(); }

 private:
    struct Entry {
        std::optional<T> row;
        bool changed = false;
        bool stored = false;  ///< the database has it
    };
    template <class P>
    std::vector<const T*> pick(P wanted) const {
        std::vector<const T*> rows;
        for (const auto& [key, entry] : entries_)
            if (wanted(entry)) rows.push_back(&*entry.row);
        return rows;
    }
    std::map<K, Entry> entries_;
};

}  // namespace waybill
