using Google.Protobuf.WellKnownTypes;

namespace Scoring.Server.Fields;

/// <summary>Durations of the contract.</summary>
internal static class Durations
{
    /// <summary>How far figures lag; absent where they do not.</summary>
    public static Duration? OfLag(TimeSpan lag) => lag > TimeSpan.Zero ? Duration.FromTimeSpan(lag) : null;
}
