using System.Net.Sockets;

namespace Scoring.Server.Tests.Running;

/// <summary>What a caller sees of a connection that the server closes.</summary>
internal static class ClosedConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Waits until the server closes it.</summary>
    public static async Task EndsAsync(this NetworkStream connection)
    {
        var buffer = new byte[1_024];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            while (await connection.ReadAsync(buffer, limit.Token) > 0) { }
        }
        catch (IOException)
        {
            // Closed without a word, which is as good.
        }
    }
}
