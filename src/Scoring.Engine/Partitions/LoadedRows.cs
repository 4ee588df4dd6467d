namespace Scoring.Engine.Partitions;

/// <summary>
/// Which journal entries are contained in rows that were read from the store. A checkpoint writes rows while entries go on being applied,
/// so a row may be ahead of the entry that the checkpoint as a whole stands for; a replay must skip what it contains.
/// </summary>
internal sealed class LoadedRows
{
    private readonly List<long> _entries = [];

    public void Add(long entry) => _entries.Add(entry);

    /// <summary>The newest entry that a row contains.</summary>
    public long EntryOf(int row) => _entries[row];

    /// <summary>Notes that a row is another's now, which contains nothing but what was replayed.</summary>
    public void Renew(int row)
    {
        if (row < _entries.Count)
        {
            _entries[row] = 0;
        }
    }

    /// <summary>Whether a row contains an entry; false for rows that were not read from the store.</summary>
    public bool Contain(int row, long entry) => (uint)row < (uint)_entries.Count && _entries[row] >= entry;
}
