using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Accounts;

/// <content>The form in which a tally is sent to where tallies are summed up.</content>
public sealed partial class AccountTally
{
    private const byte SentVersion = 2;

    /// <summary>Writes the tally as it is sent.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        writer.Int64(Customers);
        writer.Int64(AheadCustomers);
        writer.Int64(NewestEvent.Ticks);
        writer.Int64(_activeCustomers);
        writer.Int64(_activeDays);
        writer.Int64(_previousActiveDays);
        writer.Byte((byte)_history);
        writer.Count(_bands.Length);
        foreach (var customers in _bands)
        {
            writer.Int64(customers);
        }
        writer.Count(_features.Count);
        for (var feature = 0; feature < _features.Count; feature++)
        {
            writer.Text(_features.Utf8(feature));
            writer.Byte(_featuresUsed.Contains(feature) ? (byte)1 : (byte)0);
        }
    }

    /// <summary>Reads a tally whose bands are those of a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally by this model.</exception>
    public static AccountTally Read(ReadOnlySpan<byte> sent, ScoringModel model)
    {
        var reader = new RecordReader(sent);
        if (reader.Byte() is var version and not SentVersion)
        {
            throw new InvalidDataException($"A tally was sent in version {version}; this program reads {SentVersion}.");
        }
        var features = new SymbolTable();
        var tally = new AccountTally(model, features, windowDays: 1, today: 0)
        {
            Customers = reader.Int64(),
            AheadCustomers = reader.Int64(),
            NewestEvent = new Instant(reader.Int64()),
            _activeCustomers = reader.Int64(),
            _activeDays = reader.Int64(),
            _previousActiveDays = reader.Int64(),
            _history = (AccountHistory)reader.Byte(),
        };
        if (reader.Count() != tally._bands.Length)
        {
            throw new InvalidDataException("A tally has other bands than the model.");
        }
        foreach (ref var customers in tally._bands.AsSpan())
        {
            customers = reader.Int64();
        }
        for (var left = reader.Count(); left > 0; left--)
        {
            var feature = features.Intern(reader.Text());
            if (reader.Byte() != 0)
            {
                tally._featuresUsed.Add(feature);
            }
        }
        return tally;
    }
}
