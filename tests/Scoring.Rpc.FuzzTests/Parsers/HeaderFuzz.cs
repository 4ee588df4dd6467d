using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Grpc;
using Scoring.Rpc.Protocols;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed partial class HeaderFuzz
{
    [Fact]
    public void A_timeout_is_read_if_it_has_the_form_of_the_protocol_and_only_then() =>
        Fuzz.Run(
            "timeouts",
            MaxAllocated,
            (input, random) =>
            {
                var text = Encoding.Latin1.GetString(input);

                var isRead = GrpcTimeout.TryParse(text, out var timeout);

                Assert.Equal(TimeoutForm().IsMatch(text), isRead);
                Assert.True(timeout >= TimeSpan.Zero);
                if (isRead)
                {
                    Assert.Equal(TicksOf(text), timeout.Ticks);
                    AssertWritable(timeout);
                }

                AssertWritable(new TimeSpan(random.NextInt64() >> random.Next(64)));
            },
            tokens: ["H", "M", "S", "m", "u", "n", "0", "99999999", "\0", "-", "+", " "]
        );

    [Fact]
    public void Percent_encoding_is_always_read_and_always_printable() =>
        Fuzz.Run(
            "percent",
            MaxAllocated,
            (input, _) =>
            {
                var text = Encoding.Latin1.GetString(input);

                var decoded = PercentEncoding.Decode(text);

                Assert.True(decoded.Length <= text.Length);
                var encoded = PercentEncoding.Encode(decoded);
                Assert.False(encoded.AsSpan().ContainsAnyExceptInRange(' ', '~'));
                Assert.Equal(decoded, PercentEncoding.Decode(encoded));
                var utf8 = Encoding.UTF8.GetString(input);
                Assert.Equal(utf8, PercentEncoding.Decode(PercentEncoding.Encode(utf8)));
            },
            tokens: ["%", "%25", "%0A", "%c3%bc", "%C3", "%zz", "\u00fc"]
        );

    [Fact]
    public void Metadata_that_is_received_can_be_sent_on() =>
        Fuzz.Run(
            "metadata",
            MaxAllocated,
            (input, random) =>
            {
                var text = Encoding.Latin1.GetString(input);
                var colon = text.IndexOf(':', StringComparison.Ordinal);
                var (name, value) = colon < 0 ? ("x-raw-bin", text) : (text[..colon], text[(colon + 1)..]);
                var received = new Metadata();
                ReceivedMetadata.Add(received, name, value);

                foreach (var entry in received)
                {
                    var header = ReceivedMetadata.ToHeader(entry);
                    Assert.False(header.AsSpan().ContainsAnyExceptInRange(' ', '~'));
                    var again = new Metadata();
                    ReceivedMetadata.Add(again, entry.Key, header);
                    var same = Assert.Single(again);
                    Assert.Equal(entry.Text, same.Text);
                    Assert.True(entry.Bytes.Span.SequenceEqual(same.Bytes.Span));
                }

                var bytes = new byte[random.Next(20)];
                random.NextBytes(bytes);
                Assert.True(BinaryValue.TryDecode(BinaryValue.Encode(bytes), out var decoded));
                Assert.Equal(bytes, decoded);
            },
            tokens: [",", "=", "==", " ", "-bin:", "grpc-", "\t", "AQ", "%", "\u00fc"]
        );

    [Fact]
    public void Binary_metadata_is_read_if_it_is_base64_and_only_then() =>
        Fuzz.Run(
            "metadata",
            MaxAllocated,
            (input, _) =>
            {
                var text = Encoding.Latin1.GetString(input).Trim();

                Assert.Equal(
                    Base64Form().IsMatch(text) && text.TrimEnd('=').Length % 4 != 1,
                    BinaryValue.TryDecode(text, out byte[] _)
                );
            },
            tokens: [",", "=", "==", " ", "\t", "AQ", "-_"]
        );

    [Fact]
    public void Lists_and_content_types_are_read_as_their_items_say() =>
        Fuzz.Run(
            "lists",
            MaxAllocated,
            (input, _) =>
            {
                var text = Encoding.Latin1.GetString(input);

                var type = text.Split(';')[0].Trim();
                Assert.Equal(
                    type.Equals("application/proto", StringComparison.OrdinalIgnoreCase),
                    MediaType.Is(text, "application/proto")
                );
                GrpcHeaders.IsContentType(text);
                MessageEncoding.TryFind(text, out MessageEncoding? _);
                AssertFit(PeerText.Of(text), PeerText.MaxLength);
                AssertFit(PeerText.Of(Encoding.BigEndianUnicode.GetString(input), 10), 10);
            },
            tokens:
            [
                ",",
                ";",
                "q=0",
                "q=1",
                "gzip",
                "identity",
                "*",
                "br",
                " ",
                "application/proto",
                "q=NaN",
                "q=0.000",
            ]
        );

    private static long MaxAllocated(int length) => 20_000 + (400L * length);

    private static void AssertFit(string text, int length)
    {
        Assert.InRange(text.Length, 0, length + 3);
        Assert.DoesNotContain(text, c => char.IsControl(c));
        Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>What is written is read again as no less, and as not much more: eight digits are what there is.</summary>
    private static void AssertWritable(TimeSpan timeout)
    {
        Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out var again));
        Assert.True(again >= timeout || again >= TimeSpan.FromHours(99_999_999), $"{timeout} became {again}");
        Assert.True(
            again.Ticks <= Math.Max(10, Math.Max(0, timeout.Ticks) * 1.00001 + 10),
            $"{timeout} became {again}"
        );
    }

    private static long TicksOf(string text)
    {
        var value = decimal.Parse(text[..^1], CultureInfo.InvariantCulture);
        var ticks = text[^1] switch
        {
            'n' => 0.01m,
            'u' => 10m,
            'm' => 10_000m,
            'S' => 10_000_000m,
            'M' => 600_000_000m,
            _ => 36_000_000_000m,
        };
        return (long)Math.Ceiling(value * ticks);
    }

    [GeneratedRegex(@"\A[0-9]{1,8}[HMSmun]\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TimeoutForm();

    [GeneratedRegex(@"\A[A-Za-z0-9+/]*={0,2}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Base64Form();
}
