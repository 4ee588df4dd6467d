using Grpc.Core;
using Scoring.V1;

namespace Scoring.Benchmarks.Hello;

/// <summary>The two calls of the contract, each passed on to the grain of its customer.</summary>
internal sealed class HelloService(IGrainFactory grains) : ScoringService.ScoringServiceBase
{
    public override async Task<RecordEventResponse> RecordEvent(RecordEventRequest request, ServerCallContext context)
    {
        await grains.GetGrain<IHelloGrain>(request.Event.CustomerId).RecordAsync(request.Event.Type);
        // What the server answers, so that one load can check both; nothing is on a disk here.
        return new RecordEventResponse
        {
            Outcome = RecordEventResponse.Types.Outcome.Accepted,
            Durability = Durability.OnDisk,
        };
    }

    public override async Task<CustomerScore> GetScore(GetScoreRequest request, ServerCallContext context) =>
        new()
        {
            CustomerId = request.CustomerId,
            Score = await grains.GetGrain<IHelloGrain>(request.CustomerId).GetScoreAsync(),
        };
}
