using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scoring.Server.Telemetry;

namespace Scoring.Server.Tests.Telemetry;

public sealed class LimitedLoggingTests : IDisposable
{
    private static readonly EventId Full = new(7, "StoreFull");
    private static readonly EventId Failed = new(8, "StoreFailed");

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLoggerProvider _log = new();
    private readonly LimitedLogging _logging;

    public LimitedLoggingTests() => _logging = new(LoggerFactory.Create(logs => logs.AddProvider(_log)), _time);

    public void Dispose()
    {
        _logging.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void A_fault_that_comes_with_every_call_is_one_line_a_second_that_says_how_often()
    {
        var logger = _logging.CreateLogger("engine");
        for (var second = 0; second < 3; second++)
        {
            for (var call = 0; call < 1_000; call++)
            {
                Fail(logger, Full);
            }
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                "no room",
                "The same 999 times more in the second since.",
                "The same 1,000 times more in the second since.",
                "The same 1,000 times more in the second since.",
            ],
            Lines()
        );
        Assert.Single(_log.Collector.GetSnapshot(), line => line.Exception is not null);
    }

    [Fact]
    public void A_fault_that_is_over_and_comes_again_is_told_in_full_again()
    {
        var logger = _logging.CreateLogger("engine");
        Fail(logger, Full);
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail(logger, Full);

        Assert.Equal(["no room", "no room"], Lines());
    }

    [Fact]
    public void Another_fault_and_what_is_none_are_told_all_the_same()
    {
        var logger = _logging.CreateLogger("engine");
        Fail(logger, Full);
        Fail(logger, Failed);
        Fail(_logging.CreateLogger("front"), Full);
        Say(logger, LogLevel.Warning, "one workspace");
        Say(logger, LogLevel.Warning, "another workspace");
        Say(logger, LogLevel.Information, "a call");
        Say(logger, LogLevel.Information, "a call");

        Assert.Equal(
            ["no room", "no room", "no room", "one workspace", "another workspace", "a call", "a call"],
            Lines()
        );
    }

    private static void Fail(ILogger logger, EventId id) =>
        logger.Log(LogLevel.Error, id, "no room", new IOException("full"), (text, _) => text);

    private static void Say(ILogger logger, LogLevel level, string text) =>
        logger.Log(level, new EventId(9), text, exception: null, (text, _) => text);

    private IEnumerable<string> Lines() => _log.Collector.GetSnapshot().Select(line => line.Message);
}
