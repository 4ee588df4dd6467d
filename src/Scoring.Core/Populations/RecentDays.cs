using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Scoring.Core.Facts;
using Scoring.Core.Memory;

namespace Scoring.Core.Populations;

/// <summary>The newest active days of all customers of a population once more, as columns, so that a scan need not touch the slabs.</summary>
/// <remarks>A row takes 6 bytes: its newest active day, and a bit for that day and each of the 31 before it.</remarks>
internal sealed class RecentDays
{
    /// <summary>Days that are known of a row: its newest active one and those before it.</summary>
    public const int Span = 32;

    /// <summary>Rows that are looked at together.</summary>
    public const int WordRows = 64;

    private readonly Column<uint> _days = new();

    /// <summary>The newest day that each row was active on, as <see cref="ActiveOn"/>; 0 for those that never were.</summary>
    public Column<ushort> Newest { get; } = new();

    /// <summary>A UTC day as an active one: from 1 for 1970-01-01 or earlier, up to 65,535 for 2149-06-05.</summary>
    public static ushort ActiveOn(int day) => (ushort)(1 + Math.Clamp(day, 0, ushort.MaxValue - 1));

    /// <summary>Adds a row that was never active.</summary>
    public void AddRow(int row)
    {
        Newest.EnsureRows(row + 1);
        _days.EnsureRows(row + 1);
        Set(row, default);
    }

    /// <summary>Replaces the days of a row.</summary>
    public void Set(int row, ActiveDays days) =>
        (Newest[row], _days[row]) = days.IsEmpty ? ((ushort)0, 0) : (ActiveOn(days.Newest), (uint)days.Bits.Low);

    /// <summary>
    /// The days on which each of 64 rows was active, as of a day: bit i is the day i days before it. So a row was active on as many of the last n
    /// days, n up to <see cref="Span"/>, as of the lowest n bits are set.
    /// </summary>
    /// <param name="day">The UTC day; of rows that were active later, nothing is told.</param>
    /// <param name="first">The first row; a multiple of 64.</param>
    /// <param name="asOf">Gets the days; 64 of them.</param>
    public void AsOf(int day, int first, Span<uint> asOf)
    {
        var (chunk, at) = (first / Column<uint>.ChunkRows, first % Column<uint>.ChunkRows);
        ReadOnlySpan<ushort> newest = Newest.Chunk(chunk).Slice(at, WordRows);
        ReadOnlySpan<uint> days = _days.Chunk(chunk).Slice(at, WordRows);
        var active = ActiveOn(day);
        if (!Avx2.IsSupported)
        {
            for (var i = 0; i < WordRows; i++)
            {
                var age = (uint)(active - newest[i]);
                asOf[i] = age < Span ? days[i] << (int)age : 0;
            }
            return;
        }
        for (var i = 0; i < WordRows; i += Vector256<uint>.Count)
        {
            var age = Vector256.Create((int)active) - Avx2.ConvertToVector256Int32(Vector128.Create(newest[i..]));
            // Ages beyond the span shift all days out, as those below 0 do.
            Avx2.ShiftLeftLogicalVariable(Vector256.Create(days[i..]), age.AsUInt32()).CopyTo(asOf[i..]);
        }
    }
}
