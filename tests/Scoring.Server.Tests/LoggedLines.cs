using Microsoft.Extensions.Logging.Testing;

namespace Scoring.Server.Tests;

internal static class LoggedLines
{
    /// <summary>What was logged, each line with its level in front.</summary>
    public static string[] Lines(this FakeLogger log) =>
        [.. log.Collector.GetSnapshot().Select(line => $"{line.Level}: {line.Message}")];
}
