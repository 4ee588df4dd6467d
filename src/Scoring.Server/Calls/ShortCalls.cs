using Grpc.Core;

namespace Scoring.Server.Calls;

/// <summary>Calls that come by the hundred thousand and are over in a moment.</summary>
internal static class ShortCalls
{
    /// <summary>What stops such a call: its deadline, if it has one.</summary>
    /// <remarks>To be told that the caller went away as well would cost each call more than the few that are left behind.</remarks>
    public static CancellationToken TokenOfShort(this ServerCallContext context) =>
        context.Deadline == DateTime.MaxValue ? CancellationToken.None : context.CancellationToken;
}
