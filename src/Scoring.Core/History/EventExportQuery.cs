using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks for the events of the archive.</summary>
public sealed record EventExportQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model that the filter is read by, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whose events: of those customers who meet it when they are read, and of those who were merged into one who does.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>Events that were received before are left out; null for none. It is compared with <see cref="ExportedEvent.ReceivedAt"/>.</summary>
    public Instant? ReceivedFrom { get; init; }

    /// <summary>Events that were received at this instant or later are left out; null for none.</summary>
    public Instant? ReceivedTo { get; init; }

    /// <summary>Whether an event was received within the bounds.</summary>
    public bool Has(Instant receivedAt) => !(receivedAt < ReceivedFrom) && !(receivedAt >= ReceivedTo);

    /// <summary>Whether an event may have been, of some that were received between two instants, both included.</summary>
    public bool HasSome(Instant first, Instant last) => !(last < ReceivedFrom) && !(first >= ReceivedTo);
}
