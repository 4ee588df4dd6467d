using Google.Protobuf.WellKnownTypes;
using Parquet;
using Parquet.Schema;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary>Events as a file of Apache Parquet, compressed by Zstandard, group of rows by group: so many are in memory at a time.</summary>
/// <remarks>
/// Instants are in milliseconds, cut off. The library's statistics of finer ones are in milliseconds too, whatever their unit (parquet-dotnet issue 769), so readers
/// that skip groups by them would find nothing.
/// </remarks>
internal sealed class EventParquet
{
    /// <summary>Rows of a group: what DuckDB reads at a time.</summary>
    public const int GroupRows = 122_880;

    private static readonly ParquetOptions Options = new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        CompressionLevel = System.IO.Compression.CompressionLevel.Optimal,
    };

    private readonly DataField _customerId = Text("customer_id");
    private readonly DataField _accountId = Text("account_id");
    private readonly DataField _eventType = Text("event_type");
    private readonly DateTimeDataField _occurredAt = Time("occurred_at");
    private readonly DateTimeDataField _receivedAt = Time("received_at");
    private readonly DateTimeDataField _knownAt = Time("known_at");
    private readonly DataField _value = new DataField<double>("value", nullable: false);
    private readonly DataField _feature = Text("feature");
    private readonly List<ExportedEvent> _rows = new(GroupRows);

    private EventParquet() { }

    /// <summary>Writes all; gives how many they are.</summary>
    public static Task<long> WriteAsync(
        IAsyncEnumerable<ExportedEvent> events,
        Stream target,
        CancellationToken cancellationToken
    ) => new EventParquet().WriteAllAsync(events, target, cancellationToken);

    private async Task<long> WriteAllAsync(
        IAsyncEnumerable<ExportedEvent> events,
        Stream target,
        CancellationToken cancellationToken
    )
    {
        var schema = new ParquetSchema(
            _customerId,
            _accountId,
            _eventType,
            _occurredAt,
            _receivedAt,
            _knownAt,
            _value,
            _feature
        );
        await using var writer = await ParquetWriter.CreateAsync(
            schema,
            target,
            Options,
            cancellationToken: cancellationToken
        );
        var count = 0L;
        await foreach (var item in events.WithCancellation(cancellationToken))
        {
            _rows.Add(item);
            count++;
            if (_rows.Count == GroupRows)
            {
                await WriteGroupAsync(writer, cancellationToken);
            }
        }
        if (_rows.Count > 0)
        {
            await WriteGroupAsync(writer, cancellationToken);
        }
        return count;
    }

    private async Task WriteGroupAsync(ParquetWriter writer, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        await group.WriteAsync(_customerId, Column(item => item.CustomerId));
        await group.WriteAsync(_accountId, Column(item => item.AccountId));
        await group.WriteAsync(_eventType, Column(item => item.EventType));
        await WriteAsync(_occurredAt, Column(item => Millisecond(item.OccurredAt)));
        await WriteAsync(_receivedAt, Column(item => Millisecond(item.ReceivedAt)));
        await WriteAsync(_knownAt, Column(item => Millisecond(item.KnownAt)));
        await WriteAsync(_value, Column(item => item.Value));
        await group.WriteAsync(_feature, Column(item => item.Feature));
        group.CompleteValidate();
        _rows.Clear();

        Task WriteAsync<T>(DataField field, T[] column)
            where T : struct => group.WriteAsync<T>(field, column, cancellationToken: cancellationToken);
    }

    private T[] Column<T>(Func<ExportedEvent, T> of)
    {
        var column = new T[_rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = of(_rows[i]);
        }
        return column;
    }

    private static DateTime Millisecond(Timestamp time)
    {
        var exact = time.ToDateTime();
        return exact.AddTicks(-(exact.Ticks % TimeSpan.TicksPerMillisecond));
    }

    private static DataField Text(string name) => new(name, typeof(string), isNullable: false);

    private static DateTimeDataField Time(string name) =>
        new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, DateTimeTimeUnit.Millis, isNullable: false);
}
