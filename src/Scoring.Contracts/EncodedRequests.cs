namespace Scoring.V1;

public sealed partial class RecordEventRequest
{
    /// <summary>The request in protobuf's binary form, where a server reads the event from its bytes and leaves the fields unset; otherwise null.</summary>
    /// <remarks>Never sent; clients leave it null.</remarks>
    public ReadOnlyMemory<byte>? Encoded { get; set; }
}

public sealed partial class RecordEventsRequest
{
    /// <inheritdoc cref="RecordEventRequest.Encoded"/>
    public ReadOnlyMemory<byte>? Encoded { get; set; }
}
