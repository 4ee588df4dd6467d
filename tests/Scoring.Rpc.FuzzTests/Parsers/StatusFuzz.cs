using System.Text;
using Scoring.Rpc.Grpc;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed class StatusFuzz
{
    [Fact]
    public void A_status_of_any_content_is_read_and_fits_into_headers_when_it_is_sent_on() =>
        Fuzz.Run(
            "statuses",
            length => 500_000 + (1_000L * length),
            (input, random) =>
            {
                var details = random.Next(4) == 0 ? Encoding.Latin1.GetString(input) : Convert.ToBase64String(input);
                var message = Encoding.Latin1.GetString(input.AsSpan(0, random.Next(input.Length + 1)));
                var code = random.Next(3) switch
                {
                    0 => message,
                    1 => random.Next(-2, 20).ToString(),
                    _ => "9",
                };

                if (GrpcStatus.Read(code, message, details, []) is not { } error)
                {
                    Assert.Equal(0, int.Parse(code));
                    return;
                }

                Assert.InRange((int)error.Code, 1, 16);
                var again = GrpcStatus.Read(
                    GrpcStatus.CodeText(error.Code),
                    GrpcStatus.MessageText(error.Message),
                    GrpcStatus.DetailsText(error),
                    []
                );
                Assert.NotNull(again);
                Assert.Equal(error.Code, again.Code);
                Assert.InRange(GrpcStatus.MessageText(error.Message).Length, 0, GrpcStatus.MaxMessageLength);
                Assert.InRange(GrpcStatus.DetailsText(error)?.Length ?? 0, 0, 7_000);
                Assert.True(again.Details.SequenceEqual(error.Details.Take(again.Details.Count)));
            },
            tokens: ["%", "type.googleapis.com/google.rpc.RetryInfo", "\x0a", "\x12", "\x1a", "\u00fc"]
        );
}
