using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.Core;
using Scoring.V1;

namespace Scoring.Cli.Events;

/// <summary>Sends corrections, as many at a time as a call may have. Each has an id, so one whose answer was lost is sent again.</summary>
internal static class CorrectionBatches
{
    private const int Attempts = 5;

    public static async Task<List<CorrectionDone>> SendAsync(
        ScoringClient client,
        string workspace,
        IReadOnlyList<PlacedCorrection> corrections,
        CancellationToken token
    )
    {
        var done = new List<CorrectionDone>(corrections.Count);
        foreach (var some in corrections.Chunk(Limits.Corrections))
        {
            var request = new CorrectEventsRequest
            {
                Workspace = workspace,
                Corrections = { some.Select(of => of.Correction) },
            };
            var answer = await SendAsync(client, request, some, token);
            done.AddRange(some.Zip(answer.Results, (asked, result) => new CorrectionDone(asked, result)));
        }
        return done;
    }

    private static async Task<CorrectEventsResponse> SendAsync(
        ScoringClient client,
        CorrectEventsRequest request,
        PlacedCorrection[] some,
        CancellationToken token
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.Scoring.CorrectEventsAsync(request, cancellationToken: token);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), token);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument && some[0].Place.Length > 0)
            {
                throw new CommandFailedException(
                    $"{ErrorText.Of(e, "")} (corrections[0] is {some[0].Place}; nothing from there on was corrected)",
                    e
                );
            }
        }
    }
}
