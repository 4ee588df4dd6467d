using System.Text.Json.Serialization;

namespace Scoring.Server.Admin;

/// <summary>An entry of the audit log.</summary>
/// <param name="Time">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Address">Where the call came from.</param>
/// <param name="Method">What was called.</param>
/// <param name="Workspace">Where something was changed; empty for everywhere.</param>
/// <param name="Target">What was changed.</param>
/// <param name="Detail">What was asked for.</param>
/// <param name="Failure">What went wrong; empty for an entry of before it was done.</param>
internal sealed record AuditEntry(
    DateTimeOffset Time,
    string Actor,
    string Address,
    string Method,
    string Workspace,
    string Target,
    string Detail,
    string Failure
)
{
    /// <summary>How many are before it.</summary>
    [JsonIgnore]
    public long Number { get; init; }
}

/// <summary>A change that somebody asks for.</summary>
/// <param name="Workspace">Where; empty for everywhere.</param>
/// <param name="Target">Of what.</param>
/// <param name="Detail">How.</param>
internal sealed record AuditedChange(string Workspace, string Target, string Detail);
