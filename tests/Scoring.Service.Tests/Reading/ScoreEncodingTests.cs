using Google.Protobuf;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Service.Scores;

namespace Scoring.Service.Tests.Reading;

/// <summary>Scores are written without objects; the generated serializer says what is right.</summary>
public sealed class ScoreEncodingTests
{
    private static readonly double[] Doubles =
    [
        0,
        -0.0,
        1,
        -1.5,
        0.1,
        double.MaxValue,
        double.Epsilon,
        double.NaN,
        double.NegativeInfinity,
    ];

    private static readonly string[] Texts =
    [
        "",
        "a",
        "käse",
        "😀 😀",
        new('x', 127),
        new('x', 128),
        new('ü', 200),
        new('y', 20_000),
    ];

    [Fact]
    public void Bytes_are_those_of_the_generated_serializer()
    {
        var random = new Random(1);
        for (var i = 0; i < 5_000; i++)
        {
            var score = Score(random);

            Assert.Equal(ScoreMessages.ToProto(score).ToByteArray(), ScoreEncoding.Encode(score).Bytes.ToArray());
        }
    }

    private static CustomerScore Score(Random random) =>
        new()
        {
            CustomerId = Text(random),
            AccountId = Text(random),
            // A map of one: the generated serializer writes several in an order of its own.
            Attributes = random.Next(2) == 0 ? [] : [new(Text(random) + "k", Text(random))],
            Points = Double(random),
            Score = Double(random),
            Band = Text(random),
            Lifecycle = Core.Lifecycles.Lifecycle.Active,
            Momentum = random.Next(2) == 0 ? null : Double(random),
            Contributions = [.. Enumerable.Range(0, random.Next(20)).Select(_ => Contribution(random))],
            NextBand =
                random.Next(2) == 0
                    ? null
                    : new NextBand(Text(random), Double(random), Double(random), random.Next(2) == 0),
            ModelName = Text(random),
            ModelVersion = random.Next(3) * random.Next(1_000_000),
            ReadTime = Instant(random),
            LastEventTime = random.Next(2) == 0 ? null : Instant(random),
        };

    private static Contribution Contribution(Random random) =>
        new(
            new Term(
                Text(random),
                random.Next(3) * random.Next(200),
                random.Next(2) == 0 ? Measure.Count : Measure.Value,
                Double(random)
            ),
            Double(random),
            Double(random),
            random.Next(2) == 0
        );

    private static Instant Instant(Random random) =>
        random.Next(10) == 0 ? new(0) : new(random.NextInt64(DateTime.MaxValue.Ticks / 4));

    private static string Text(Random random) =>
        Texts[random.Next(random.Next(20) == 0 ? Texts.Length : Texts.Length - 1)];

    private static double Double(Random random) =>
        random.Next(2) == 0 ? Doubles[random.Next(Doubles.Length)] : random.NextDouble();
}
