using System.Text;
using Gateway.Testing.Clusters;

namespace Gateway.LocalCluster;

/// <summary>What is printed once the cluster serves.</summary>
internal static class ClusterText
{
    public static string Of(ClusterRig rig, LocalClusterOptions options)
    {
        var text = new StringBuilder().AppendLine().AppendLine($"  gateway     {rig.Nginx!.Origin}/v1");
        foreach (var frontEnd in rig.FrontEnds)
        {
            text.AppendLine($"  {frontEnd.Name}  {frontEnd.Origin}   admin {frontEnd.AdminOrigin}   pid {frontEnd.Process.Id}");
        }

        foreach (var silo in rig.Silos)
        {
            text.AppendLine($"  {silo.Name}      {silo.Address}   health {silo.HealthOrigin}   pid {silo.Process.Id}");
        }

        text.AppendLine($"  redis       {rig.Redis.Address}")
            .AppendLine($"  postgresql  127.0.0.1:{rig.Postgres.Port}")
            .AppendLine($"  admin key   in {rig.AdminKeyPath}")
            .AppendLine($"  logs        {rig.Folder}/logs")
            .AppendLine()
            .AppendLine("A key for callers:")
            .AppendLine($"  curl -s {rig.FrontEnds[0].AdminOrigin}/admin/keys -H \"Authorization: Bearer $(cat {rig.AdminKeyPath})\" -H 'content-type: application/json' -d '{{\"name\":\"me\"}}'");
        if (!options.HasManifest)
        {
            text.AppendLine($"A call (the model {LocalClusterOptions.Model} is served by this program; METIS_STATUS_URL names your own):")
                .AppendLine($"  curl -s {rig.Nginx.Origin}/v1/chat/completions -H \"Authorization: Bearer gw-…\" -H 'content-type: application/json' -d '{{\"model\":\"{LocalClusterOptions.Model}\",\"messages\":[{{\"role\":\"user\",\"content\":\"Hello\"}}]}}'");
        }

        return text.AppendLine().Append("Ctrl-C stops everything.").ToString();
    }
}
