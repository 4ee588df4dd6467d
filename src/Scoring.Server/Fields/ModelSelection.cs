using Scoring.Core.Models;
using Scoring.Server.Errors;

namespace Scoring.Server.Fields;

/// <summary>Which model a read is to be answered by: the fields <c>model</c> and <c>model_version</c> of its request.</summary>
internal static class ModelSelection
{
    /// <summary>Reads the fields.</summary>
    /// <param name="model">The name; empty for the workspace's default model.</param>
    /// <param name="version">The version; 0 for the current one.</param>
    /// <returns>A <see cref="ModelReference"/>, as queries have it.</returns>
    /// <exception cref="Grpc.Core.RpcException">A field is wrong.</exception>
    public static string Read(string model, int version)
    {
        CallErrors.ThrowIf(
            TextRules.Check(model, "model", TextRules.NameOfWorkspaceOrModel)
                ?? (
                    model.Contains(ModelReference.Separator)
                        ? FieldFault.Invalid(
                            "model",
                            "must be the name alone; model_version says which version is meant"
                        )
                        : null
                )
                ?? CheckVersion(version, "model_version")
        );
        return new ModelReference(model, version).ToString();
    }

    /// <summary>Checks a version that is asked for.</summary>
    public static FieldFault? CheckVersion(int version, string field) =>
        version < 0 ? FieldFault.Invalid(field, "must be a version, from 1, or 0 for the current one") : null;
}
